import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../embedded/embedded.js';
import { ensureDatabase } from '../embedded/ensure.js';
import { query, removeFolder, temporaryFolder } from '../temporary.test.support.js';

const environment = fileURLToPath(new URL('./environment.ts', import.meta.url));
const cli = path.join(
  path.dirname(createRequire(import.meta.url).resolve('prisma/package.json')),
  'build/index.js',
);

const header = `
generator client {
  provider = "prisma-client"
  output   = "../generated"
}
datasource db {
  provider = "postgresql"
}
`;

const config = `
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareCliEnvironment } from ${JSON.stringify(environment)};
const root = path.dirname(fileURLToPath(import.meta.url));
export default {
  schema: 'prisma',
  migrations: { path: 'prisma/migrations', seed: 'node seed.mjs' },
  datasource: { url: prepareCliEnvironment(root) },
};
`;

interface Outcome {
  code: number;
  /** Output on stdout and stderr, without colours. */
  output: string;
}

export interface Project {
  folder: string;
  dataDir: string;
  schema(models: string): void;
  migration(name: string, sql: string): void;
  /** Runs the real Prisma CLI in the project. */
  prisma(args: string, options?: { env?: NodeJS.ProcessEnv; cwd?: string }): Promise<Outcome>;
  /** Runs a statement on the project's embedded database, which is started if needed. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  dispose(): Promise<void>;
}

function run(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Creates a separate project with a Prisma schema, configured like the repository. */
export function createProject(models: string): Project {
  const folder = temporaryFolder();
  const dataDir = path.join(folder, 'data');
  const {
    DATABASE_URL: _,
    DATABASE_DIRECT_URL: __,
    PRISMA_SCHEMA_ENGINE_BINARY: ___,
    ...inherited
  } = process.env;
  const schema = (text: string) =>
    writeFileSync(path.join(folder, 'prisma/schema.prisma'), `${header}${text}`);
  mkdirSync(path.join(folder, 'prisma'));
  schema(models);
  writeFileSync(path.join(folder, 'prisma.config.ts'), config);
  writeFileSync(path.join(folder, '.env'), 'SYNAP_DATA_DIR=data\n');
  return {
    folder,
    dataDir,
    schema,
    migration(name, sql) {
      const target = path.join(folder, 'prisma/migrations', name);
      mkdirSync(target, { recursive: true });
      writeFileSync(path.join(target, 'migration.sql'), sql);
    },
    prisma: (args, { env = {}, cwd = folder } = {}) =>
      run(args.split(' '), cwd, { ...inherited, NO_COLOR: '1', ...env }),
    async sql(text) {
      const { url, release } = await ensureDatabase({ dataDir });
      return query(url, text).finally(release);
    },
    async dispose() {
      // The engine of the last command may still be stopping the database.
      const cluster = await startEmbeddedPostgres({ dataDir });
      await cluster.stop();
      removeFolder(folder);
    },
  };
}
