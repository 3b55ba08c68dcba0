// Builds the source map of a bundled declaration file: names of declarations and their members lead
// to the sources in the package.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from '@typescript/typescript6';

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Encodes Base64 VLQ (source map specification, ECMA-426 §9.2). */
function encode(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let digits = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    digits += base64[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return digits;
}

/** Returns the name before bundling, which distinguishes equal names by `$1`. */
const plain = (name) => name.replace(/\$\d+$/, '');

/** Collects identifiers of a file's declarations, by `Name` and `Name.member`. */
function namesOf(file) {
  const names = [];
  const addMembers = (owner, members) => {
    for (const { name } of members)
      if (name && ts.isIdentifier(name)) names.push([`${owner}.${name.text}`, name]);
  };
  const add = (declaration) => {
    const { name, members, type } = declaration;
    if (!name || !ts.isIdentifier(name)) return;
    names.push([plain(name.text), name]);
    if (members) addMembers(plain(name.text), members);
    if (type && ts.isTypeLiteralNode(type)) addMembers(plain(name.text), type.members);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) statement.declarationList.declarations.forEach(add);
    else add(statement);
  }
  return names;
}

const positionOf = (file, node) => file.getLineAndCharacterOfPosition(node.getStart(file));

/**
 * Collects the positions of all names in the sources. A name that several files declare has none.
 */
function readSources(folder) {
  const isSource = (name) =>
    name.endsWith('.ts') && !/\.test(?:-d)?\.ts$/.test(name) && !name.startsWith('testing');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isSource)
    .sort();
  const places = new Map();
  for (const [index, source] of sources.entries()) {
    const text = readFileSync(path.join(folder, source), 'utf8');
    const file = ts.createSourceFile(source, text, ts.ScriptTarget.Latest, true);
    for (const [key, node] of namesOf(file)) {
      const earlier = places.get(key);
      places.set(
        key,
        earlier !== undefined && earlier?.index !== index
          ? null
          : { index, ...positionOf(file, node) },
      );
    }
  }
  return { sources, places };
}

/** Returns the source map of `text`, which is written to `outFile`, as JSON. */
export function declarationMap(text, outFile, sourceFolder) {
  const { sources, places } = readSources(sourceFolder);
  const file = ts.createSourceFile(outFile, text, ts.ScriptTarget.Latest, true);
  const lines = new Map();
  const add = (line, segment) => lines.set(line, [...(lines.get(line) ?? []), segment]);
  for (const [key, node] of namesOf(file)) {
    const place = places.get(key);
    if (!place) continue;
    const { line, character } = positionOf(file, node);
    // The text after the name has no source, until the next name that has one.
    add(line, { character, place });
    add(line, { character: character + node.getWidth(file) });
  }
  const last = { index: 0, line: 0, character: 0 };
  const writeSegment = ({ character, place }, before) => {
    if (!place) return encode(character - before);
    const fields = [
      place.index - last.index,
      place.line - last.line,
      place.character - last.character,
    ];
    Object.assign(last, place);
    return [character - before, ...fields].map(encode).join('');
  };
  const mappings = Array.from({ length: file.getLineStarts().length }, (_, line) => {
    const segments = (lines.get(line) ?? []).toSorted((a, b) => a.character - b.character);
    return segments
      .map((segment, at) => writeSegment(segment, segments[at - 1]?.character ?? 0))
      .join(',');
  });
  const root = path.relative(path.dirname(outFile), sourceFolder).replaceAll('\\', '/');
  return JSON.stringify({
    version: 3,
    file: path.basename(outFile),
    sourceRoot: '',
    sources: sources.map((source) => `${root}/${source.replaceAll('\\', '/')}`),
    names: [],
    mappings: mappings.join(';'),
  });
}
