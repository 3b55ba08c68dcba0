import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../pnpm.mjs';

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Returns a kebab-case name in every form that templates use. */
export function formsOf(kebab) {
  const words = kebab.split('-');
  const Pascal = words.map(capital).join('');
  return {
    kebab,
    snake: words.join('_'),
    SNAKE: words.join('_').toUpperCase(),
    camel: Pascal[0].toLowerCase() + Pascal.slice(1),
    Pascal,
    words: words.join(' '),
    Words: capital(words.join(' ')),
    article: /^[aeiou]/.test(kebab) ? 'an' : 'a',
  };
}

export const namePattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Returns the singular of a regular English plural. Undefined if the ending has several meanings,
 * as in `houses` and `boxes`, `movies` and `categories`.
 */
export function singularOf(plural) {
  const isUnclear = /(?:ies|(?:s|x|z|ch|sh)es|ss|us|is|ews)$/.test(plural);
  return plural.endsWith('s') && !isUnclear ? plural.slice(0, -1) : undefined;
}

/** Words that cannot name a variable. */
const reserved = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
    ' ',
  ),
);

const matches = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);

function exportedByContracts() {
  const folder = path.join(root, 'packages/contracts/src');
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) =>
    matches(
      readFileSync(path.join(folder, file), 'utf8'),
      /^export (?:const|function|class|interface|type) (\w+)/gm,
    ),
  );
}

function databaseModels() {
  const folder = path.join(root, 'prisma');
  const files = readdirSync(folder).filter((file) => file.endsWith('.prisma'));
  return files.flatMap((file) =>
    matches(readFileSync(path.join(folder, file), 'utf8'), /^(?:model|enum) (\w+)/gm),
  );
}

/** Returns the first reason why a feature cannot have these names. */
export function conflictOf({ plural, one }) {
  const word = [plural.camel, one.camel].find((name) => reserved.has(name));
  if (word !== undefined) return `"${word}" is a reserved word of TypeScript.`;
  const contracts = new Set(exportedByContracts());
  if (contracts.has(plural.camel)) return `A feature "${plural.camel}" exists already.`;
  const declared = [one.Pascal, `${one.camel}Schema`, `create${one.Pascal}Schema`];
  const taken = declared.find((name) => contracts.has(name));
  if (taken !== undefined) return `packages/contracts exports "${taken}" already.`;
  if (databaseModels().includes(one.Pascal))
    return `The database has a model "${one.Pascal}" already.`;
  return undefined;
}
