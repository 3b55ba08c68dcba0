import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';
import { prepareCliEnvironment } from './packages/db/src/engine/environment.js';

export default defineConfig({
  schema: 'prisma',
  migrations: {
    path: 'prisma/migrations',
    seed: 'node --import tsx --conditions=@synap/source apps/server/src/cli.ts seed',
  },
  datasource: { url: prepareCliEnvironment(path.dirname(fileURLToPath(import.meta.url))) },
});
