// Checks of a package that is installed in a separate folder.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from './compilers.mjs';
import { judgeDeclarations, readDeclarations } from './declarations.mjs';
import { judgeMistakes } from './diagnostics.mjs';

/** Declaration files of the package, and the allowed imports of each. */
const declarations = {
  'dist/bundle/index.d.ts': ['@trpc/client', '@trpc/server'],
  'dist/bundle/react.d.ts': [
    '@tanstack/react-query',
    '@trpc/client',
    '@trpc/server',
    'react',
    './index.js',
  ],
};
/** Their equivalents for CommonJS. */
const declarationsForRequire = {
  'dist/bundle/index.d.cts': declarations['dist/bundle/index.d.ts'],
  'dist/bundle/react.d.cts': [
    '@tanstack/react-query',
    '@trpc/client',
    '@trpc/server',
    'react',
    './index.cjs',
  ],
};
/** Compiled separately, because declared widgets would apply to all of them. */
const mistakes = ['mistakes.ts', 'widget-mistakes.ts'];
const programs = ['program.ts', 'bindings.ts', 'types.ts'];
/** In a folder with `"type": "commonjs"`. */
const commonJs = { folder: 'commonjs', program: 'program.ts' };

const readAll = (installed, files = declarations) =>
  Object.entries(files).map(([file, mayImport]) => [
    file,
    readFileSync(path.join(installed, file), 'utf8'),
    mayImport,
  ]);

/** Checks that the declarations contain nothing of the server. */
export const judgeAllDeclarations = (installed) =>
  readAll(installed, { ...declarations, ...declarationsForRequire }).flatMap(
    ([file, text, mayImport]) => judgeDeclarations(file, text, mayImport),
  );

/** Returns the kB of declarations per procedure. */
export function declarationsPerProcedure(installed) {
  const all = readAll(installed).map(([, text]) => text);
  const procedures = all.reduce((sum, text) => sum + readDeclarations(text).procedures, 0);
  return {
    procedures,
    value: all.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1000 / procedures,
  };
}

/** Checks that correct programs compile, and mistakes do not. */
export function judgeTypes(compiler, folder) {
  const refused = [
    ...compile(compiler, folder, programs).diagnostics,
    ...compile(compiler, path.join(folder, commonJs.folder), [commonJs.program]).diagnostics,
  ].map(({ file, line, code, message }) => `${file}:${line} ${code} ${message}`);
  const mistaken = mistakes.flatMap((file) =>
    judgeMistakes(
      readFileSync(path.join(folder, file), 'utf8'),
      compile(compiler, folder, [file]).diagnostics,
    ),
  );
  return [...refused, ...mistaken].map((fault) => `${compiler.name}: ${fault}`);
}
