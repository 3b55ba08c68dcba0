// Fails on any regular expression whose time may grow faster than the length of its input: those of
// our sources, and those that the documents tell others to run. recheck decides it by analysing the
// expression, not by timing it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from '@typescript/typescript6';
import { root } from './pnpm.mjs';

process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

/** Milliseconds for one expression; one that cannot be judged within them is too intricate. */
const timeout = 60_000;

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

/**
 * Look at our own schemas when the documents are written, or run their patterns on values made for
 * it.
 */
const schemasOnly = new Set([
  'packages/rest/src/document/sample.ts',
  'packages/rest/src/document/components.ts',
]);

/** Where each expression stands, by its text. */
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
        `${placeOf(node)}: write the expression as a literal, so that it can be checked`,
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
if (document.openapi === undefined) throw new Error('docs/openapi.json is no OpenAPI document.');

for (const { source, flags, at } of places.values()) {
  const { status, complexity, attack } = checkSync(source, flags, { timeout });
  if (status === 'safe') continue;
  console.error(
    `${at.join(', ')}: /${source}/${flags} is ${complexity?.summary ?? 'too intricate to be judged'}`,
  );
  if (attack) console.error(`  for example on ${attack.pattern}`);
  process.exitCode = 1;
}
console.log(`${places.size} regular expressions in ${sources.length} files were checked.`);
