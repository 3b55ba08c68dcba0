// Generates the OpenAPI documents, the API page and the compiled mails. With --check compares them
// instead, and fails on a difference.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './pnpm.mjs';

function openapi(version) {
  const cli = [
    '--import',
    'tsx',
    '--conditions=@synap/source',
    'apps/server/src/cli.ts',
    'openapi',
    '--spec',
    version,
  ];
  const { status, stdout } = spawnSync(process.execPath, cli, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64e6,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

const files = {
  'docs/openapi.json': openapi('3.1'),
  'docs/openapi-3.0.json': openapi('3.0'),
};

const stale = (file) =>
  !existsSync(path.join(root, file)) || readFileSync(path.join(root, file), 'utf8') !== files[file];
for (const file of Object.keys(files).filter(stale)) {
  if (process.argv.includes('--check')) {
    console.error(`${file} is out of date: run "pnpm gen" and commit it.`);
    process.exitCode = 1;
  } else writeFileSync(path.join(root, file), files[file]);
}

const mails = ['packages/mail/scripts/compile.mjs', ...process.argv.slice(2)];
if (spawnSync(process.execPath, mails, { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exitCode = 1;
