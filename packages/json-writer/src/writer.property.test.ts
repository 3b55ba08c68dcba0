import fc from 'fast-check';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { writeSuperjson } from './superjson-writer.js';
import { compileWriter } from './writer.js';

/** A schema and values for it: valid ones mostly, with undeclared properties. */
interface Sample {
  readonly schema: z.ZodType;
  readonly value: fc.Arbitrary<unknown>;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\u2028', '\ud800', '\u0000', 'é', 'A') }),
);
const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('a', 'a.b', '\\', '"', '0', '1', '10', 'toJSON', '', '__proto__', 'prototype'),
);
const name = fc.constantFrom('a', 'b', 'a.b', '\\', '"', 'é', 'toString', 'x\ud800', '7', '');
const date = fc.date({ noInvalidDate: false });
const shared = new Date(0);

const anything = fc.anything({
  withDate: true,
  withBigInt: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  key,
  maxDepth: 2,
});
const of = (schema: z.ZodType, value: fc.Arbitrary<unknown>): Sample => ({ schema, value });

const scalars = fc.constantFrom<Sample>(
  of(z.string(), text),
  of(z.string().min(1).describe('Text.'), text),
  of(z.string().toLowerCase(), text),
  of(
    z
      .string()
      .trim()
      .overwrite((value) => `${value}!`),
    text,
  ),
  of(
    z.uuid().toLowerCase(),
    fc.uuid().map((id) => id.toUpperCase()),
  ),
  of(
    z.url(),
    fc.webUrl().map((url) => ` ${url}`),
  ),
  of(z.number(), fc.oneof(fc.double(), fc.constant(-0))),
  of(z.number().int().min(-5), fc.integer()),
  of(z.boolean(), fc.boolean()),
  of(z.null(), fc.constant(null)),
  of(z.undefined(), fc.constant(undefined)),
  of(z.void(), fc.constant(undefined)),
  of(z.date(), fc.oneof(date, fc.constant(shared))),
  of(z.bigint(), fc.bigInt()),
  of(z.literal(['a', 'b', 1, true, null]), fc.constantFrom('a', 'b', 1, true, null)),
  of(z.literal(0), fc.constantFrom(0, -0)),
  of(z.enum(['on', 'off']), fc.constantFrom('on', 'off')),
  of(z.unknown(), fc.oneof(anything, fc.constant(shared))),
  of(z.any(), anything),
  of(z.json(), fc.jsonValue()),
  of(z.never(), fc.constant(undefined)),
  of(z.coerce.string(), fc.integer()),
  of(
    z.string().transform((value) => value.length),
    text,
  ),
  of(
    z.string().refine((value) => value !== 'A'),
    text,
  ),
  of(
    z.string().check((check) => {
      check.value = check.value.trim();
    }),
    text,
  ),
  of(
    z.map(z.string(), z.date()),
    fc.array(fc.tuple(text, date)).map((entries) => new Map(entries)),
  ),
  of(
    z.set(z.number()),
    fc.array(fc.integer()).map((items) => new Set(items)),
  ),
  of(z.string().catch('none'), fc.oneof(text, fc.integer())),
);

const optionalOf = ({ schema, value }: Sample) =>
  of(schema.optional(), fc.option(value, { nil: undefined }));
const nullableOf = ({ schema, value }: Sample) => of(schema.nullable(), fc.option(value));
const defaultOf = ({ schema, value }: Sample) =>
  of(schema.default('default'), fc.option(value, { nil: undefined }));

function objectOf(entries: readonly (readonly [string, Sample])[], rest: number): Sample {
  const shape = Object.fromEntries(entries.map(([property, { schema }]) => [property, schema]));
  const base = z.object(shape);
  const schemas = [base, base, base.strict(), base.loose(), base.catchall(z.date())];
  const required = fc.record(
    Object.fromEntries(entries.map(([property, { value }]) => [property, value])),
    { requiredKeys: [] },
  );
  const complete = fc.record(
    Object.fromEntries(entries.map(([property, { value }]) => [property, value])),
  );
  const extra = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    fc.dictionary(key, fc.oneof(text, date), { maxKeys: 3 }),
  );
  const value = fc
    .tuple(fc.oneof({ weight: 4, arbitrary: complete }, required), extra, fc.boolean())
    .map(([declared, undeclared, first]) => {
      const parts = [Object.entries(declared), Object.entries(undeclared)];
      return Object.fromEntries((first ? parts : parts.reverse()).flat());
    });
  return of(schemas[rest] ?? base, value);
}

const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalars,
    tie('sample').map(optionalOf),
    tie('sample').map(nullableOf),
    tie('sample').map(defaultOf),
    tie('sample').map(({ schema, value }) => of(schema.readonly(), value)),
    tie('sample').map(({ schema, value }) =>
      of(
        z.lazy(() => schema),
        value,
      ),
    ),
    tie('sample').map(({ schema, value }) =>
      of(z.array(schema), fc.array(value, { maxLength: 4 })),
    ),
    tie('sample').map(({ schema, value }) =>
      of(z.record(z.string(), schema), fc.dictionary(key, value, { maxKeys: 4 })),
    ),
    fc
      .array(tie('sample'), { minLength: 1, maxLength: 3 })
      .map((items) =>
        of(
          z.tuple([z.string(), ...items.map(({ schema }) => schema)]),
          fc.tuple(text, ...items.map(({ value }) => value)),
        ),
      ),
    fc
      .array(tie('sample'), { minLength: 1, maxLength: 3 })
      .map((items) =>
        of(
          z.union(items.map(({ schema }) => schema)),
          fc.oneof(...items.map(({ value }) => value)),
        ),
      ),
    fc
      .tuple(
        fc.uniqueArray(fc.tuple(name, tie('sample')), { selector: ([key]) => key, maxLength: 5 }),
        fc.nat(4),
      )
      .map(([entries, rest]) => objectOf(entries, rest)),
  ),
}));

/** A schema with a value, mostly its own. */
const pair = fc
  .tuple(sample, fc.integer({ min: 0, max: 9 }))
  .chain(([{ schema, value }, wrong]) =>
    fc.tuple(fc.constant(schema), wrong === 0 ? anything : value),
  );

/** Text of today's general writer. superjson rejects names such as `prototype`. */
function superjsonOf(value: unknown): string | undefined {
  const written = writeSuperjson(value);
  if (written !== undefined) return written;
  try {
    return superjson.stringify(value);
  } catch (error) {
    if (error instanceof Error && error.message.includes('prototype pollution')) return undefined;
    throw error;
  }
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Issues of refinements, which writers do not check. */
const refinements =
  /"code":"(?:too_small|too_big|custom|not_multiple_of|invalid_format)"|"expected":"int"/;

test('the text of any value equals that of validation and the general writer', () => {
  let compared = 0;
  fc.assert(
    fc.property(pair, ([schema, value]) => {
      const writer = compileWriter(schema);
      const { success, data, error } = schema.safeParse(value);
      const json = writer?.json(value);
      const annotated = writer?.superjson(value);
      if (json === undefined && annotated === undefined) return;
      if (!success) {
        expect(JSON.stringify(error.issues)).toMatch(refinements);
        return;
      }
      if (json !== undefined) expect(json).toBe(jsonOf(data));
      if (annotated !== undefined) expect(annotated).toBe(superjsonOf(data) ?? annotated);
      compared += 1;
    }),
    { numRuns: 4000 },
  );
  expect(compared).toBeGreaterThan(1000);
});
