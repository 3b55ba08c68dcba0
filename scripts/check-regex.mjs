// Fails on regular expressions with more than linear running time, in the sources and in the
// patterns of the OpenAPI document. recheck analyses the expressions; it does not time them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from '@typescript/typescript6';
import { root } from './pnpm.mjs';
import { analyse } from './regex-analysis.mjs';

const listed = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', 'packages/*/src/*', 'apps/*/src/*'],
  {
    cwd: root,
    encoding: 'utf8',
  },
);
const sources = listed
  .split('\n')
  .filter(
    (file) =>
      /\.(?:ts|tsx|js|mjs)$/.test(file) && !/\.test[.-]|\/testing\/|\/generated\//.test(file),
  );

/** Excluded: these files process only trusted schemas and generated values. */
const schemasOnly = new Set([
  'packages/rest/src/document/sample.ts',
  'packages/rest/src/document/components.ts',
]);

/** Places of each expression, by its text. */
const places = new Map();
const add = (source, flags, place) => {
  const key = `/${source}/${flags}`;
  const known = places.get(key) ?? { source, flags, at: [] };
  known.at.push(place);
  places.set(key, known);
};

for (const file of sources.filter((source) => !schemasOnly.has(source))) {
  const tree = ts.createSourceFile(
    file,
    readFileSync(path.join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const placeOf = (node) =>
    `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
      const end = node.text.lastIndexOf('/');
      add(node.text.slice(1, end), node.text.slice(end + 1), placeOf(node));
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
      console.error(
        `${placeOf(node)}: write the expression as a literal, so that this check can analyse it`,
      );
      process.exitCode = 1;
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
}

const document = JSON.parse(
  readFileSync(path.join(root, 'docs/openapi.json'), 'utf8'),
  (key, value) => {
    if (key === 'pattern' && typeof value === 'string') add(value, 'u', 'docs/openapi.json');
    return value;
  },
);
if (document.openapi === undefined)
  throw new Error('docs/openapi.json is not an OpenAPI document: run "pnpm gen".');

for (const [{ source, flags, at }, { complexity, attack }] of await analyse([...places.values()])) {
  console.error(
    `${at.join(', ')}: /${source}/${flags} is ${complexity?.summary ?? 'too complex to analyse'}`,
  );
  if (attack) console.error(`  for example on ${attack.pattern}`);
  process.exitCode = 1;
}
console.log(`${places.size} regular expressions in ${sources.length} files were checked.`);
