import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** This package runs from its sources: the module's process must then, too. */
const fromSource = import.meta.url.endsWith('.ts');

/**
 * The conditions under which a package's `exports` are read, first match first, as `import` reads
 * them.
 */
export const importConditions: ReadonlySet<string> = new Set([
  ...(fromSource ? ['@synap/source'] : []),
  'node',
  'import',
  'module-sync',
  'default',
]);

/** Node's arguments for the program of a module's process. */
export function programArguments(heapMegabytes: number): string[] {
  const program = fileURLToPath(
    new URL(`../child/main.${fromSource ? 'ts' : 'js'}`, import.meta.url),
  );
  return [
    `--max-old-space-size=${heapMegabytes}`,
    ...(fromSource
      ? [
          '--import',
          pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
          '-C',
          '@synap/source',
        ]
      : []),
    program,
  ];
}

/**
 * The few variables a program cannot do without; the server's own settings and secrets are none of
 * them.
 */
const passedOn = ['PATH', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

export const programEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    passedOn.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
