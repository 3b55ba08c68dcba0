// Fails if prisma/*.prisma has changes without a migration.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './pnpm.mjs';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'synap-check-'));
chmodSync(dataDir, 0o755); // PostgreSQL, which does not run as root, must get in.
try {
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/prisma/build/index.js'),
      'migrate',
      'diff',
      '--from-migrations',
      'prisma/migrations',
      '--to-schema',
      'prisma',
      '--exit-code',
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        SYNAP_DATA_DIR: dataDir,
        DATABASE_URL: undefined,
        DATABASE_DIRECT_URL: undefined,
      },
    },
  );
  if (status === 2)
    console.error(
      'The schema has changes without a migration: run "npx prisma migrate dev --name <what-changes>" and commit the migration.',
    );
  process.exitCode = status ?? 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
