// Type-checks the product and every module below packages/modules, including modules that
// tsconfig.json does not reference.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './pnpm.mjs';

const modules = path.join(root, 'packages', 'modules');
const folders = readdirSync(modules).map((name) => path.join(modules, name));
const unchecked = folders.filter(
  (folder) =>
    !existsSync(path.join(folder, 'tsconfig.json')) &&
    ['index.ts', 'src/index.ts'].some((entry) => existsSync(path.join(folder, entry))),
);
for (const folder of unchecked)
  console.error(`${folder} has no tsconfig.json: copy that of packages/modules/host`);

const manifest = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
const program = path.join(path.dirname(manifest), 'bin', 'tsc');
const projects = folders.filter((folder) => existsSync(path.join(folder, 'tsconfig.json')));
const { status } = spawnSync(process.execPath, [program, '-b', root, ...projects], {
  stdio: 'inherit',
});
process.exitCode = unchecked.length > 0 ? 1 : (status ?? 1);
