import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseDiagnostics } from './diagnostics.mjs';

const require = createRequire(import.meta.url);

const compilerAt = (manifestFile) => {
  const { version, bin } = JSON.parse(readFileSync(manifestFile, 'utf8'));
  return { name: `tsc ${version}`, program: path.join(path.dirname(manifestFile), bin.tsc) };
};

/** The workspace's own compiler, and the oldest supported one. */
export const compilers = [
  compilerAt(
    createRequire(path.join(import.meta.dirname, '../../../../package.json')).resolve(
      'typescript/package.json',
    ),
  ),
  compilerAt(require.resolve('typescript-5.9/package.json')),
];

/**
 * Checks only these files of the folder, under its tsconfig.json. `emit` writes modules to `out`.
 */
export function compile({ program }, folder, files, { emit = false } = {}) {
  const config = path.join(folder, 'tsconfig.now.json');
  writeFileSync(
    config,
    JSON.stringify({ extends: './tsconfig.json', include: [], exclude: [], files }),
  );
  const args = [program, '-p', config, '--pretty', 'false', '--noEmit', String(!emit)];
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64e6,
  });
  if (error) throw error;
  const diagnostics = parseDiagnostics(stdout);
  if (status !== 0 && diagnostics.length === 0)
    throw new Error(`The compiler failed with ${status}:\n${stdout}${stderr}`);
  return { diagnostics, seconds: (performance.now() - startedAt) / 1000 };
}

/**
 * A ratio above this may be caused by load on the machine: measure again, up to the maximum of
 * rounds.
 */
const maxUndisturbedRatio = 1.5;
const rounds = { least: 2, most: 10 };

/**
 * Returns the time of each file relative to the first: the best of several alternating rounds,
 * because load only adds time.
 */
export function compareTimes(compiler, folder, [base, ...files]) {
  const best = new Map();
  const ratioOf = (file) => best.get(file) / best.get(base);
  for (
    let round = 0;
    round < rounds.least ||
    (round < rounds.most && files.some((file) => ratioOf(file) > maxUndisturbedRatio));
    round += 1
  ) {
    for (const file of [base, ...files]) {
      const { seconds } = compile(compiler, folder, [file]);
      best.set(file, Math.min(best.get(file) ?? Number.POSITIVE_INFINITY, seconds));
    }
  }
  return files.map((file) => ({ file, value: ratioOf(file) }));
}
