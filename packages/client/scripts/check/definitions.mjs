// Checks what an editor shows of the package: documentation of procedures and fields, and the
// sources behind "go to definition".
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from '@typescript/typescript6';

/**
 * A program and the expectations on it: `word` leads to a source, or its documentation contains a
 * text.
 */
const text = `import { createClient, isSynapError, type User } from '@synap/client';
import { createSynapQueries } from '@synap/client/react';
const client = createClient({ url: 'http://localhost:3000' });
export const queries = createSynapQueries(client);
export const ended = () => client.$session.signOut().catch((error: unknown) => isSynapError(error));
export const saved = client.dashboards.save.mutate({ id: '', name: '', widgets: [], version: 1 });
export const user = (one: User) => one.name;
`;
const sources = [
  { word: 'createClient', source: 'client.ts' },
  { word: 'isSynapError', source: 'errors/synap-error.ts' },
  { word: 'createSynapQueries', source: 'react/queries.ts' },
  { word: '$session', source: 'client.ts' },
  { word: 'signOut', source: 'session/session.ts' },
];
const documentation = [
  { word: 'save.mutate', says: 'Save a dashboard' },
  { word: 'version: 1', says: 'The version this change is based on' },
  { word: 'User }', says: 'account of a user' },
];

function createService(folder) {
  const program = path.join(folder, 'editor.ts');
  const options = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    types: [],
  };
  const read = (file) => (file === program ? text : ts.sys.readFile(file));
  const host = {
    ...ts.sys,
    getScriptFileNames: () => [program],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const content = read(file);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === program || ts.sys.fileExists(file),
    readFile: read,
    useCaseSensitiveFileNames: () => true,
  };
  return { program, service: ts.createLanguageService(host) };
}

/** Returns the faults of the installed package, as an editor would show them. */
export function judgeDefinitions(folder) {
  const { program, service } = createService(folder);
  const at = (word) => text.lastIndexOf(word);
  const lost = sources.flatMap(({ word, source }) => {
    const [definition] = service.getDefinitionAtPosition(program, at(word)) ?? [];
    if (!definition) return [`The definition of ${word} is not found.`];
    const { fileName, textSpan } = definition;
    // Editors' language servers do this step.
    const place = service.getSourceMapper().tryGetSourcePosition({ fileName, pos: textSpan.start });
    if (!place?.fileName.endsWith(`/@synap/client/src/${source}`))
      return [`The definition of ${word} leads to ${place?.fileName ?? fileName}.`];
    const found = readFileSync(place.fileName, 'utf8').slice(place.pos, place.pos + word.length);
    return found === word ? [] : [`The definition of ${word} leads to "${found}".`];
  });
  const silent = documentation.flatMap(({ word, says }) => {
    const info = service.getQuickInfoAtPosition(program, text.indexOf(word));
    const shown = ts.displayPartsToString(info?.documentation);
    return shown.includes(says) ? [] : [`An editor shows "${shown}" for ${word}.`];
  });
  return [...lost, ...silent];
}
