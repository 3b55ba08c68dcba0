// `pnpm create:module <id>`: writes a module with a setting, a widget, a sync job and a test, and
// adds it to the server.
import { parseArgs } from 'node:util';
import { createPlan } from './create/files.mjs';
import { formsOf, namePattern } from './create/names.mjs';
import { bin, fail, format, run } from './create/run.mjs';

const usage = `Usage: pnpm create:module <id>
An id is in lower case with hyphens, such as "air-quality".`;

const { positionals } = parseArgs({ allowPositionals: true });
const [id, ...others] = positionals;
if (id === undefined || others.length > 0) fail(usage);
if (!namePattern.test(id)) fail(`"${id}" is not an id.\n${usage}`);

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
format(plan.write());
const install = ['install', '--no-frozen-lockfile', '--prefer-offline'];
run('Link the package', process.execPath, 'scripts/pnpm.mjs', ...install);
run('Run its test', bin('vitest'), 'run', `packages/modules/${id}`);
console.log(`
The server finds the module at its next start: GET /api/v1/modules/${id} shows it.
docs/modules.md describes settings, widgets, sync jobs, access and limits.`);
