import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** True if this package runs from its sources: the module's process must then do so, too. */
const fromSource = import.meta.url.endsWith('.ts');

/** Conditions for a package's `exports`, as `import` uses them. */
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

/** Variables passed to the program; never the server's settings or secrets. */
const passedOn = ['PATH', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

export const programEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    passedOn.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
