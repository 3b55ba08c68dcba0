import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, documents, type Generator } from '../generator.js';
import { packageFolder } from '../programs.js';

/**
 * Runs a script of an installed package; `node_modules` of this package is linked into the
 * workplace.
 */
const node = (script: string, ...args: string[]): Command => ({
  program: process.execPath,
  args: [path.join('node_modules', script), ...args],
});

function installedVersion(name: string): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(path.join(packageFolder, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return manifest.version;
}

/** The oldest supported compiler and the newest one. */
export const compileTypeScript: readonly Command[] = ['typescript', 'typescript-7'].map(
  (compiler) => node(`${compiler}/bin/tsc`, '--project', '.'),
);
export const runJavaScript: Command = { program: process.execPath, args: ['dist/program.js'] };

interface NpmGenerator {
  readonly package: string;
  readonly name?: string;
  readonly programs: string;
  readonly command: Command;
}

const fromNpm = ({
  package: packageName,
  name = packageName,
  programs,
  command,
}: NpmGenerator): Generator => ({
  name,
  version: installedVersion(packageName),
  documents,
  needs: [],
  downloads: [],
  programs: ['typescript', programs],
  generate: () => command,
  compile: () => compileTypeScript,
  run: () => runJavaScript,
});

/** Generators from npm: installed with the workspace, so they always run. */
export const npmGenerators: readonly Generator[] = [
  fromNpm({
    package: 'openapi-typescript',
    name: 'openapi-typescript with openapi-fetch',
    programs: 'openapi-fetch',
    command: node(
      'openapi-typescript/bin/cli.js',
      'openapi.json',
      '--output',
      'src/generated.d.ts',
    ),
  }),
  fromNpm({
    package: '@hey-api/openapi-ts',
    programs: 'hey-api',
    command: node(
      '@hey-api/openapi-ts/bin/run.js',
      '--input',
      './openapi.json',
      '--client',
      '@hey-api/client-fetch',
      '--no-log-file',
      '--silent',
    ),
  }),
  fromNpm({
    package: 'orval',
    programs: 'orval',
    command: node('orval/dist/bin/orval.js', '--config', 'orval.config.cjs'),
  }),
  fromNpm({
    package: '@kubb/cli',
    name: 'kubb',
    programs: 'kubb',
    command: node('@kubb/cli/bin/kubb.cjs', 'generate', '--config', 'kubb.config.mjs'),
  }),
];
