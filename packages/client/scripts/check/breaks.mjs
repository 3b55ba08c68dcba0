// Checks the check: it must detect each of these.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judgeBudgets } from './budgets.mjs';
import { judgeDefinitions } from './definitions.mjs';
import { judgeManifest } from './manifest.mjs';
import { judgeAllDeclarations, judgeTypes } from './published.mjs';

const index = 'dist/bundle/index.d.ts';
const router = 'type AppRouter = typeof appRouter;';

/** Changes of the declarations that reading them must detect, with the expected fault. */
const readable = [
  {
    what: 'an import of the database',
    from: router,
    to: `import type {} from '@prisma/client';\n${router}`,
    fault: /imports @prisma\/client/,
  },
  {
    what: 'an inline import',
    from: router,
    to: `${router}\ntype Leak = import('pg').Pool;`,
    fault: /imports pg/,
  },
  {
    what: 'a reference to Node',
    from: /^/,
    to: '/// <reference types="node" />\n',
    fault: /refers to node/,
  },
  {
    what: 'a global',
    from: router,
    to: `${router}\ndeclare global { interface Date { leak: 1 } }`,
    fault: /declares global/,
  },
  {
    what: "the server's context",
    from: 'interface Context {}',
    to: 'interface Context { userId: string }',
    fault: /server's Context/,
  },
  {
    what: 'a service',
    from: router,
    to: `${router}\ninterface DashboardsService {}`,
    fault: /names DashboardsService/,
  },
  {
    what: 'an output that is any',
    from: /createdAt: Date/,
    to: 'createdAt: any',
    fault: /says `any`/,
  },
];

/** Changes that compiling with them must detect. */
const compilable = [
  { what: 'AppRouter is any', from: router, to: 'type AppRouter = any;', fault: /types\.ts/ },
  {
    what: 'a type from nowhere',
    from: router,
    to: "type AppRouter = import('@synap/api').AppRouter;",
    fault: /TS2307/,
  },
  {
    what: 'an input that is any',
    from: /(\bget: \S+<\{\s+input: )\{\s+id: string;\s+\}/,
    to: '$1any',
    fault: /It compiles: a parameter of the wrong type/,
  },
  {
    what: 'a procedure that there is not',
    from: 'type SynapClient = ',
    to: 'type SynapClient = { dashboards: { fetch: { query(input: unknown): Promise<unknown> } } } & ',
    fault: /It compiles: a misspelt procedure/,
  },
  {
    what: 'a procedure that is missing',
    from: /\bget: (?=\S+<\{\s+input: \{\s+id)/,
    to: 'fetch: ',
    fault: /program\.ts.*TS(2339|2551)/,
  },
];

/** Changes that an editor's view must detect. */
const shown = [
  {
    what: 'a procedure without documentation',
    from: '/** Save a dashboard. */',
    to: '',
    fault: /shows "" for save\.mutate/,
  },
  {
    what: 'a declaration map that does not fit',
    from: /^/,
    to: '\n',
    fault: /definition of createClient leads/,
  },
];

const inManifest = [
  { what: 'a dependency', change: { dependencies: { zod: '4.6.7' } } },
  {
    what: 'a peer by its name in the workspace',
    change: { peerDependencies: { '@trpc/client': 'catalog:' } },
  },
  { what: 'side effects', change: { sideEffects: undefined } },
  {
    what: 'an entry that is not packed',
    change: {
      exports: { '.': { import: { types: './lib/index.d.ts', default: './lib/index.js' } } },
    },
  },
  { what: 'a script on installing', change: { scripts: { postinstall: 'node .' } } },
];

function noticed({ what, from, to, fault }, installed, judge) {
  const file = path.join(installed, index);
  const whole = readFileSync(file, 'utf8');
  const broken = whole.replace(from, to);
  if (broken === whole) return [`"${what}" cannot be tried: ${from} is no longer in ${index}.`];
  writeFileSync(file, broken);
  try {
    const faults = judge();
    return faults.some((found) => fault.test(found))
      ? []
      : [`"${what}" is not noticed; found: ${faults.join(' ') || 'nothing'}`];
  } finally {
    writeFileSync(file, whole);
  }
}

/**
 * Breaks the installed package on purpose in every relevant way. Returns the undetected changes.
 */
export function judgeTheCheck({ folder, installed, compiler, manifest, files, measured }) {
  const unnoticed = (what, faults) => (faults.length > 0 ? [] : [`"${what}" is not noticed.`]);
  const doubled = (of) =>
    measured.map((one) => (one.of === of ? { ...one, value: one.value * 20 } : one));
  return [
    ...readable.flatMap((one) => noticed(one, installed, () => judgeAllDeclarations(installed))),
    ...compilable.flatMap((one) => noticed(one, installed, () => judgeTypes(compiler, folder))),
    ...shown.flatMap((one) => noticed(one, installed, () => judgeDefinitions(folder))),
    ...inManifest.flatMap(({ what, change }) =>
      unnoticed(what, judgeManifest({ ...manifest, ...change }, files)),
    ),
    ...unnoticed(
      'a test that is packed',
      judgeManifest(manifest, [...files, 'src/options.test.ts']),
    ),
    ...[...new Set(measured.map(({ of }) => of))].flatMap((of) =>
      unnoticed(`${of} over the budget`, judgeBudgets(doubled(of)).faults),
    ),
    ...unnoticed('a budget that is not measured', judgeBudgets([]).faults),
  ];
}
