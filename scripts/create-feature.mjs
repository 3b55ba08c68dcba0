// `pnpm create:feature <plural> [--singular <singular>]`: writes the slice of a feature and its
// lines in the lists, with a migration, and generates what follows from it.
import { parseArgs } from 'node:util';
import { createPlan } from './create/files.mjs';
import { formsOf, namePattern, singularOf } from './create/names.mjs';
import { bin, fail, format, run } from './create/run.mjs';

const usage = `Usage: pnpm create:feature <plural> [--singular <singular>] [--no-migration]
Names are in lower case with hyphens, such as "reading-lists".`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { singular: { type: 'string' }, migration: { type: 'boolean', default: true } },
  allowNegative: true,
});
const [name, ...others] = positionals;
if (name === undefined || others.length > 0) fail(usage);
const singular = options.singular ?? singularOf(name);
for (const one of [name, singular])
  if (!namePattern.test(one)) fail(`"${one}" is not a name.\n${usage}`);
if (singular === name)
  fail(`"${name}" looks like a singular: name the plural, or add --singular.\n${usage}`);

const plan = createPlan({ plural: formsOf(name), one: formsOf(singular) });
const folder = '/src/{{plural.kebab}}/{{plural.kebab}}';
plan.add(`packages/contracts${folder}.schemas.ts`, 'feature/schemas.ts');
plan.add(`packages/contracts${folder}.contract.ts`, 'feature/contract.ts');
plan.add('prisma/{{plural.kebab}}.prisma', 'feature/model.prisma');
plan.add(`packages/core${folder}.repository.ts`, 'feature/repository.ts');
plan.add(`packages/core${folder}.service.ts`, 'feature/service.ts');
plan.add(`packages/core${folder}.service.test.ts`, 'feature/service.test.ts');
plan.add('apps/server/test/contract/cases.{{plural.kebab}}.ts', 'feature/cases.ts');

const imports = /^import /;
plan.insert('packages/contracts/src/index.ts', {
  lines: /^export \* from/,
  line: "export * from './{{plural.kebab}}/{{plural.kebab}}.contract.js';",
});
plan.insert('packages/contracts/src/features.ts', {
  lines: imports,
  line: "import { {{plural.camel}} } from './{{plural.kebab}}/{{plural.kebab}}.contract.js';",
});
plan.insert('packages/contracts/src/features.ts', {
  from: 'export const features = {',
  lines: /^ {2}\w+,$/,
  line: '  {{plural.camel}},',
});
for (const right of ['read', 'write'])
  plan.insert('packages/contracts/src/scopes.ts', {
    from: 'export const scopeSchema',
    lines: /^ {2}'/,
    line: `  '{{plural.kebab}}:${right}',`,
  });
plan.insert('prisma/identity.prisma', {
  from: 'model User {',
  lines: /^ {2}\w+ +\w+\[\]$/,
  line: '  {{plural.camel}} {{one.Pascal}}[]',
});
plan.insert('packages/core/src/repository-factories.ts', {
  lines: imports,
  line: "import { create{{plural.Pascal}}Repository } from './{{plural.kebab}}/{{plural.kebab}}.repository.js';",
});
plan.insert('packages/core/src/repository-factories.ts', {
  from: 'export const repositoryFactories = {',
  lines: /^ {2}\w+: /,
  line: '  {{plural.camel}}: create{{plural.Pascal}}Repository,',
});
plan.insert('packages/core/src/service-factories.ts', {
  lines: imports,
  line: "import { create{{plural.Pascal}}Service } from './{{plural.kebab}}/{{plural.kebab}}.service.js';",
});
plan.insert('packages/core/src/service-factories.ts', {
  from: 'export const serviceFactories = {',
  lines: /^ {2}\w+: /,
  line: '  {{plural.camel}}: create{{plural.Pascal}}Service,',
});
plan.insert('packages/api/src/router.ts', {
  from: 'const routers = {',
  lines: /^ {2}\w+: /,
  line: "  {{plural.camel}}: proceduresOf('{{plural.camel}}'),",
});
plan.insert('CHANGELOG.md', {
  first: true,
  from: '### Added',
  lines: /^- /,
  line: '- {{plural.Words}}: `GET`, `POST /{{plural.kebab}}`, `GET`, `DELETE /{{plural.kebab}}/{id}`.',
});

format(plan.write());
run('Format the schema', bin('prisma'), 'format');
if (options.migration)
  run('Write the migration', bin('prisma'), 'migrate', 'dev', '--name', `add-${name}`);
run('Generate the database client', bin('prisma'), 'generate');
run('Generate the documents', process.execPath, 'scripts/gen.mjs');
console.log(`
RPC, REST, documents and client now have "${name}". Adapt schemas and rules, then check:

  npx tsc -b && pnpm gen && npx vitest run packages/core/src/${name} apps/server/test/contract`);
