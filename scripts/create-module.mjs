// `pnpm create:module <id>`: writes a module with a setting, a widget, a sync job and a test, and
// adds it to the server.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readArguments } from './create/arguments.mjs';
import { createPlan } from './create/files.mjs';
import { formsOf, namePattern } from './create/names.mjs';
import { bin, carryOut, fail, run } from './create/run.mjs';
import { root } from './pnpm.mjs';

const usage = `Usage: pnpm create:module <id>
An id is in lower case with hyphens, such as "air-quality".`;

const { name: id } = readArguments(usage);
if (!namePattern.test(id)) fail(`"${id}" is not an id.\n${usage}`);
if (existsSync(path.join(root, 'packages/modules', id)))
  fail(`A module "${id}" exists already. Choose another id.`);

const plan = createPlan({ id: formsOf(id) });
const folder = 'packages/modules/{{id.kebab}}';
plan.add(`${folder}/package.json`, 'module/package.json');
plan.add(`${folder}/tsconfig.json`, 'module/tsconfig.json');
plan.add(`${folder}/README.md`, 'module/README.md');
plan.add(`${folder}/src/index.ts`, 'module/index.ts');
plan.add(`${folder}/src/config.ts`, 'module/config.ts');
plan.add(`${folder}/src/count.ts`, 'module/count.ts');
plan.add(`${folder}/src/widgets/count.ts`, 'module/widget.ts');
plan.add(`${folder}/src/{{id.kebab}}.test.ts`, 'module/test.ts');
plan.json('tsconfig.json', ({ references }) => {
  const last = references.findLastIndex(({ path }) => path.startsWith('packages/modules/'));
  references.splice(last + 1, 0, { path: `packages/modules/${id}` });
});
plan.json('apps/server/package.json', (manifest) => {
  const all = { ...manifest.dependencies, [`@synap/module-${id}`]: 'workspace:*' };
  manifest.dependencies = Object.fromEntries(
    Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
});
plan.remember('pnpm-lock.yaml');
plan.remember(`packages/modules/${id}`);
carryOut(plan, () => {
  const install = ['install', '--no-frozen-lockfile', '--prefer-offline'];
  run('Link the package', process.execPath, 'scripts/pnpm.mjs', ...install);
  run('Run its test', bin('vitest'), 'run', `packages/modules/${id}`);
});
console.log(`
Start the server, sign in as a superuser, and try it: POST /api/v1/modules/${id}/sync, then
GET /api/v1/widget-data/${id}/count. Replace the example, a counter, by what your module does:
src/config.ts, src/count.ts, src/widgets/count.ts and the test. docs/modules.md describes settings,
widgets, sync jobs, access and limits.`);
