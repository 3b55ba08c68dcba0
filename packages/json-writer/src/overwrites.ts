import { type $ZodCheck, $ZodCheckOverwrite, $ZodCustom, type $ZodType } from 'zod/v4/core';
import { UnsupportedSchema } from './errors.js';

/** Checks that never change a value. */
const pureChecks: ReadonlySet<string> = new Set([
  'less_than',
  'greater_than',
  'multiple_of',
  'number_format',
  'bigint_format',
  'min_size',
  'max_size',
  'size_equals',
  'min_length',
  'max_length',
  'length_equals',
  'string_format',
  'property',
  'describe',
  'meta',
]);

export type Overwrite = (value: unknown) => unknown;

/**
 * Returns the functions that replace a value, such as `toLowerCase`.
 * @throws UnsupportedSchema if a check may change the value in another way.
 */
export function overwritesOf({ _zod: { def } }: $ZodType): Overwrite[] {
  if ('coerce' in def && def.coerce) throw new UnsupportedSchema();
  // A URL is trimmed or normalised by its format.
  if ('format' in def && def.format === 'url') throw new UnsupportedSchema();
  return (def.checks ?? []).flatMap((check) => overwriteOf(check) ?? []);
}

function overwriteOf(check: $ZodCheck<never>): Overwrite | undefined {
  if (check instanceof $ZodCheckOverwrite) return check._zod.def.tx;
  const { def } = check._zod;
  const isUrl = 'format' in def && def.format === 'url';
  if (check instanceof $ZodCustom || (pureChecks.has(def.check) && !isUrl)) return undefined;
  throw new UnsupportedSchema();
}

/** @throws UnsupportedSchema if a check may change the value. */
export function rejectOverwrites(schema: $ZodType): void {
  if (overwritesOf(schema).length > 0) throw new UnsupportedSchema();
}
