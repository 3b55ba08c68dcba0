import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../pnpm.mjs';

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Path of an installed program. */
export const bin = (program) => path.join(root, 'node_modules/.bin', program);

/** Runs one step of a generator. Throws if it fails. */
export function run(step, command, ...args) {
  console.log(`\n${step}: ${[path.basename(command), ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`"${step}" failed, for the reason above.`);
}

/** Writes a plan and runs the steps that follow. If one fails, undoes all of it and exits. */
export function carryOut(plan, steps) {
  // Ctrl-C ends the running step, which then fails; without a listener it would end this process.
  process.on('SIGINT', () => undefined);
  const files = plan.write();
  console.log(files.join('\n'));
  try {
    const formatted = files.filter((file) => /\.(?:ts|json)$/.test(file));
    run('Format', bin('biome'), 'check', '--write', ...formatted);
    steps();
  } catch (error) {
    plan.undo();
    fail(`\n${error.message}\nAll files are as before: solve the problem, and repeat the command.`);
  }
}
