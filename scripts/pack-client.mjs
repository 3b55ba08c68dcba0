// Packs the client as apps/server/dist/client.tgz, which the server serves. Part of `pnpm build`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './pnpm.mjs';

const dist = path.join(root, 'apps/server/dist');
const room = mkdtempSync(path.join(dist, 'pack-'));
try {
  const { status } = spawnSync('npm', ['pack', '--silent', '--pack-destination', room], {
    cwd: path.join(root, 'packages/client'),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const [tarball] = readdirSync(room);
  if (status !== 0 || tarball === undefined) throw new Error('@synap/client cannot be packed.');
  renameSync(path.join(room, tarball), path.join(dist, 'client.tgz'));
} finally {
  rmSync(room, { recursive: true, force: true });
}
