import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  main: z.string().optional(),
  exports: z.unknown().optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  optionalDependencies: z.record(z.string(), z.unknown()).optional(),
  synap: z.object({ sdk: z.coerce.string().optional() }).optional(),
});

/** The fields of a package.json that the server reads. */
export type Manifest = z.output<typeof manifestSchema>;

/** Reads the package.json of a folder. Returns a reason if it cannot be read. */
export async function readManifest(directory: string): Promise<Manifest | string> {
  const path = join(directory, 'package.json');
  try {
    const manifest = manifestSchema.safeParse(
      JSON.parse(withoutMark(await readFile(path, 'utf8'))),
    );
    return manifest.success
      ? manifest.data
      : `${path} is invalid: ${z.prettifyError(manifest.error)}`;
  } catch (error) {
    return error instanceof SyntaxError ? `${path} is not JSON` : `${path} cannot be read`;
  }
}

/** Removes a byte order mark, which npm accepts in a package.json and `JSON.parse` does not. */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/**
 * Returns the file that `import` of the package loads (Node's "exports", else "main", else
 * index.js). Undefined if it does not exist.
 */
export async function entryOf(
  directory: string,
  { exports, main }: Manifest,
  conditions: ReadonlySet<string>,
): Promise<string | undefined> {
  const target = exports === undefined ? (main ?? './index.js') : targetOf(exports, conditions);
  if (target === undefined) return undefined;
  const entry = join(directory, target);
  try {
    await access(entry);
    return entry;
  } catch {
    return undefined;
  }
}

/** Resolves the "." of an `exports` field: the first matching condition, at any depth. */
function targetOf(exports: unknown, conditions: ReadonlySet<string>): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null || Array.isArray(exports)) return undefined;
  for (const [key, value] of Object.entries(exports)) {
    if (key !== '.' && !conditions.has(key)) continue;
    const target = targetOf(value, conditions);
    if (target !== undefined) return target;
  }
  return undefined;
}
