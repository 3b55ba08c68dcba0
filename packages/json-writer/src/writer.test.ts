import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileWriter } from './writer.js';

const at = new Date(0);
type Json = z.ZodType<unknown, unknown>;
const tree: Json = z.lazy(() => z.object({ at: z.date(), children: z.array(tree).optional() }));
const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('circle'), radius: z.number() }),
  z.object({ kind: z.enum(['square', 'cube']), side: z.number(), at: z.date() }),
]);

/** Schemas and values that writers support. */
const supported: [string, Json, unknown][] = [
  ['an undeclared property', z.object({ a: z.number() }), { secret: 1, a: 2 }],
  ['nested undeclared properties', z.object({ a: z.array(z.object({})) }), { a: [{ secret: 1 }] }],
  ['the order of the schema', z.object({ a: z.string(), b: z.string() }), { b: 'b', a: 'a' }],
  ['an overwrite', z.string().trim().toLowerCase(), ' É" '],
  [
    'null and undefined',
    z.object({ a: z.null(), b: z.string().optional() }),
    { a: null, b: undefined },
  ],
  ['an absent property', z.object({ a: z.string().optional(), b: z.date() }), { b: at }],
  ['dates in lists', z.object({ 'a.b': z.array(z.object({ at: z.date() })) }), { 'a.b': [{ at }] }],
  ['undefined in a list', z.array(z.string().optional()), ['a', undefined]],
  ['a date', z.date(), at],
  ['a default that is not needed', z.object({ a: z.string().default('x') }), { a: 'a' }],
  [
    'a readonly tuple',
    z.tuple([z.string(), z.date()]).rest(z.number()).readonly(),
    ['a', at, 1, 2],
  ],
  ['a record', z.record(z.string(), z.date().nullable()), { 'a.b': at, c: null }],
  ['free parameters', z.record(z.string(), z.any()), { a: { at, list: [undefined] }, b: '\ud800' }],
  ['any value', z.unknown(), { at, none: undefined, text: '\u2028' }],
  ['JSON', z.json(), { a: [1, 'x', null, { b: true }] }],
  ['a recursive schema', tree, { at, children: [{ at: new Date(1), children: [] }] }],
  [
    'a discriminated union',
    z.array(shape),
    [
      { kind: 'circle', radius: 1 },
      { kind: 'cube', side: 2, at },
    ],
  ],
  ['a union of kinds', z.union([z.string(), z.literal('x'), z.date(), z.array(z.number())]), [1]],
  ['a loose object', z.looseObject({ a: z.string() }), { b: [at], a: 'a' }],
  ['a strict object', z.strictObject({ a: z.string() }), { a: 'a' }],
  ['a catchall', z.object({ a: z.string() }).catchall(z.date()), { a: 'a', b: at }],
];

it.each(supported)(
  '%s is written as by validation and the general writer',
  (_name, schema, value) => {
    const writer = compileWriter(schema);
    const parsed = schema.parse(value);
    expect(writer?.json(value)).toBe(JSON.stringify(parsed));
    expect(writer?.superjson(value)).toBe(superjson.stringify(parsed));
  },
);

it('a bigint is written for superjson alone', () => {
  const writer = compileWriter(z.array(z.bigint()));
  expect(writer?.superjson([1n])).toBe(superjson.stringify([1n]));
  expect(writer?.json([1n])).toBeUndefined();
});

describe('validation is left to decide about', () => {
  const reference = z.object({ a: z.date(), b: z.date() });
  it.each<[string, Json, unknown]>([
    ['a wrong kind', z.object({ a: z.string() }), { a: 1 }],
    ['a missing property', z.object({ a: z.string() }), {}],
    ['an unknown property of a strict object', z.strictObject({}), { a: 1 }],
    ['NaN', z.number(), Number.NaN],
    ['an invalid date', z.date(), new Date(Number.NaN)],
    ['a default', z.string().default('x'), undefined],
    ['a toJSON method', z.unknown(), { toJSON: () => 'x' }],
    ['a class in a record', z.record(z.string(), z.any()), new Map()],
    ['a key of prototypes', z.record(z.string(), z.any()), JSON.parse('{"__proto__":1}')],
    ['an unknown discriminator', shape, { kind: 'line' }],
    ['an overwrite that throws', z.string().overwrite(() => JSON.parse('?')), ''],
  ])('%s', (_name, schema, value) => {
    const writer = compileWriter(schema);
    expect([writer?.json(value), writer?.superjson(value)]).toEqual([undefined, undefined]);
  });

  it('references, which superjson restores', () => {
    const writer = compileWriter(reference);
    expect(writer?.superjson({ a: at, b: at })).toBeUndefined();
    const value = { a: at, b: at };
    expect(writer?.json(value)).toBe(JSON.stringify(value));
  });

  it('-0, for which superjson has an annotation', () => {
    const writer = compileWriter(z.number());
    expect([writer?.json(-0), writer?.superjson(-0)]).toEqual(['0', undefined]);
  });

  it.each<[string, unknown]>([
    ['transforms', z.string().transform((text) => text.length)],
    ['pipes', z.unknown().pipe(z.string())],
    ['coercion', z.coerce.date()],
    ['URLs, which are trimmed', z.url()],
    ['checks that may replace the value', z.string().check(() => undefined)],
    ['Maps', z.map(z.string(), z.string())],
    ['Sets', z.set(z.string())],
    ['catch', z.string().catch('')],
    ['intersections', z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
    ['unions of objects', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
    ['unions of an object and a date', z.union([z.object({}), z.date()])],
    ['records with other keys', z.record(z.enum(['a']), z.string())],
    ['overwrites of lists', z.array(z.string()).overwrite((list) => list.toReversed())],
    ['custom types', z.custom<string>()],
    ['other parsers', (value: unknown) => value],
    ['no parser', undefined],
  ])('%s', (_name, schema) => {
    expect(compileWriter(schema)).toBeUndefined();
  });
});
