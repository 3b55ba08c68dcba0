// Runs both generators in a copy of the working tree, and checks what they write.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './pnpm.mjs';

const copy = mkdtempSync(path.join(tmpdir(), 'synap-create-'));

function run(...args) {
  console.log(`\n== node ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, args, {
    cwd: copy,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) throw new Error(`"node ${args.join(' ')}" failed with ${status}.`);
}

/** Copies the files that git knows or would add. */
function copyTree() {
  const git = (...args) => execFileSync('git', args, { cwd: root, maxBuffer: 64e6 }).toString();
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of files.filter((one) => one && existsSync(path.join(root, one))))
    cpSync(path.join(root, file), path.join(copy, file));
  // Biome and turbo read what git ignores, and check:breaking the committed document.
  execFileSync('git', ['init', '--quiet'], { cwd: copy });
  commit('Start');
}

function commit(message) {
  execFileSync('git', ['add', '--all'], { cwd: copy });
  const author = ['-c', 'user.name=check', '-c', 'user.email=check@localhost'];
  execFileSync('git', [...author, 'commit', '--quiet', '--message', message], { cwd: copy });
}

try {
  copyTree();
  run('scripts/pnpm.mjs', 'install', '--frozen-lockfile', '--prefer-offline');
  run('scripts/create-feature.mjs', 'reading-lists');
  run('scripts/create-module.mjs', 'air-quality');
  commit('Add a feature and a module');
  run('scripts/pnpm.mjs', 'run', 'check');
  const vitest = path.join(copy, 'node_modules/vitest/vitest.mjs');
  run(vitest, 'run', 'packages/core/src/reading-lists', 'packages/modules/air-quality');
  run(vitest, 'run', 'apps/server/test/contract', '-t', 'readingLists');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
