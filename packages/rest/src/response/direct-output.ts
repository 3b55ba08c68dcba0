import { compileWriter } from '@synap/json-writer';
import { $ZodObject, type $ZodShape, safeParse } from 'zod/v4/core';
import type { RestOptions, UnvalidatedProcedure } from '../options.js';
import type { Operation } from '../routing/operations.js';
import { parameterNames } from '../routing/template.js';
import { containsType } from '../schema.js';
import { nonJsonTypes } from './json.js';

/** A response body, and the validated fields that headers depend on. */
interface WrittenOutput {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An operation whose outputs are written without validating them. */
export interface DirectOutput extends UnvalidatedProcedure {
  /** Writes an output. Returns undefined if it must be validated. */
  write(output: unknown): WrittenOutput | undefined;
}

/** Prepares direct responses of an operation. Returns undefined if its outputs need validation. */
export function createDirectOutput(
  { procedure, output, meta, isList }: Operation,
  separate: RestOptions<unknown>['separateOutputParser'],
): DirectOutput | undefined {
  if (separate === undefined || output === undefined || meta.produces !== undefined)
    return undefined;
  // Their JSON form is known to the general serializer alone.
  if (containsType(output, 'output', nonJsonTypes)) return undefined;
  const writer = compileWriter(output);
  const readFields = createFieldReader(output, headerFields(meta, isList));
  if (writer === undefined || readFields === undefined) return undefined;
  const separated = separate(procedure);
  if (separated === undefined) return undefined;
  return Object.assign(separated, {
    write(value: unknown): WrittenOutput | undefined {
      const text = writer.json(value);
      const fields = text === undefined ? undefined : readFields(value);
      return text === undefined || fields === undefined ? undefined : { text, fields };
    },
  });
}

/** Names of the fields that `ETag`, `Location` and `Link` may be derived from. */
function headerFields({ versioned, location, redirect }: Operation['meta'], isList: boolean) {
  return [
    ...(versioned || location ? ['version'] : []),
    ...(location ? parameterNames(location) : []),
    ...(redirect ? [redirect.field] : []),
    ...(isList ? ['nextCursor', 'page', 'size', 'total'] : []),
  ];
}

type FieldReader = (output: unknown) => Readonly<Record<string, unknown>> | undefined;

/**
 * Creates a reader of some declared fields, which validates them alone. Returns undefined if the
 * output may have fields but is not an object.
 */
function createFieldReader(
  output: NonNullable<Operation['output']>,
  names: readonly string[],
): FieldReader | undefined {
  if (names.length === 0) return () => ({});
  if (!(output instanceof $ZodObject)) return undefined;
  const declared: $ZodShape = output._zod.def.shape;
  const shape = Object.fromEntries(
    Object.entries(declared).filter(([name]) => names.includes(name)),
  );
  const schema = new $ZodObject({ type: 'object', shape });
  return (value) => safeParse(schema, value).data;
}
