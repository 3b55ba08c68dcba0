// `pnpm create:feature <plural> [--singular <singular>]`: writes the slice of a feature and its
// lines in the lists, with a migration, and generates what follows from it.

import { readArguments } from './create/arguments.mjs';
import { createPlan } from './create/files.mjs';
import { conflictOf, formsOf, namePattern, singularOf } from './create/names.mjs';
import { bin, carryOut, fail, run } from './create/run.mjs';

const usage = `Usage: pnpm create:feature <plural> [--singular <singular>]
Names are in lower case with hyphens, such as "reading-lists".`;

const { name, singular: given } = readArguments(usage, { singular: { type: 'string' } });
const singular = given ?? singularOf(name);
if (singular === undefined)
  fail(`The singular of "${name}" is not certain: add --singular.\n${usage}`);
for (const one of [name, singular])
  if (!namePattern.test(one)) fail(`"${one}" is not a name.\n${usage}`);
if (singular === name) fail(`Plural and singular are both "${name}": they must differ.\n${usage}`);
const names = { plural: formsOf(name), one: formsOf(singular) };
const conflict = conflictOf(names);
if (conflict !== undefined) fail(`${conflict} Choose another name.`);
console.log(`Feature "${name}", of which one is "${singular}"; model ${names.one.Pascal}.\n`);

const plan = createPlan(names);
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

for (const path of ['prisma/migrations', 'docs/openapi.json', 'docs/openapi-3.0.json'])
  plan.remember(path);
carryOut(plan, () => {
  run('Format the schema', bin('prisma'), 'format');
  // Not applied yet: the model is adapted first.
  const migration = ['migrate', 'dev', '--create-only', '--name', `add-${name}`];
  run('Write the migration', bin('prisma'), ...migration);
  run('Generate the database client', bin('prisma'), 'generate');
  run('Generate the documents', process.execPath, 'scripts/gen.mjs');
});
console.log(`
RPC, REST, documents and client now have "${name}". Adapt the files (CONTRIBUTING.md says what each is for).
If you change prisma/${name}.prisma, write its migration again, which is not applied yet:

  rm -r prisma/migrations/*_add_${names.plural.snake} && npx prisma migrate dev --name add-${name}

Then check:

  npm run format && npx tsc -b && npm run gen
  npx vitest run packages/core/src/${name} apps/server/test/contract`);
