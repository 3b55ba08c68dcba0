// Writes the files that follow from the source: docs/openapi.json. With --check compares instead, and fails on a difference.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './pnpm.mjs';

const files = { 'docs/openapi.json': ['openapi'] };

let stale = false;
for (const [file, command] of Object.entries(files)) {
  const cli = ['--import', 'tsx', '--conditions=@synap/source', 'apps/server/src/cli.ts', ...command];
  const { status, stdout } = spawnSync(process.execPath, cli, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64e6,
  });
  if (status !== 0) process.exit(status ?? 1);
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, stdout);
  else if (readFileSync(target, 'utf8') !== stdout) {
    console.error(`${file} is out of date: run "pnpm gen" and commit it.`);
    stale = true;
  }
}
process.exitCode = stale ? 1 : 0;
