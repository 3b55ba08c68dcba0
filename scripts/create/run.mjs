import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../pnpm.mjs';

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Path of an installed program. */
export const bin = (program) => path.join(root, 'node_modules/.bin', program);

/** Runs one step of a generator; if it fails, the process ends. */
export function run(step, command, ...args) {
  console.log(`\n${step}: ${[path.basename(command), ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail(`"${step}" failed. The files are written: solve the problem, and run it.`);
}

/** Prints and formats the files that a generator has written. */
export function format(files) {
  console.log(files.join('\n'));
  const formatted = files.filter((file) => /\.(?:ts|json)$/.test(file));
  run('Format', bin('biome'), 'check', '--write', ...formatted);
}
