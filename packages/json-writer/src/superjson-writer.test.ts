import fc from 'fast-check';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import { writeSuperjson } from './superjson-writer.js';

const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a', 'a.b', '\\', '0', '1', '10', 'toJSON', ''),
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\u2028', '\ud800', '\u0000', 'é') }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.date({ noInvalidDate: false }),
);
/** Typical outputs: JSON, dates, undefined. */
const { output } = fc.letrec((tie) => ({
  output: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('list'), tie('record')),
  list: fc.array(tie('output'), { maxLength: 6 }),
  record: fc.dictionary(key, tie('output'), { maxKeys: 6 }),
}));

const sharedDate = new Date(0);
const circle: Record<string, unknown> = {};
circle.self = circle;
const holes = [1, undefined, 3];
delete holes[1];

/** True if superjson rejects a name in the data, which other tests cover. */
function holdsForbiddenName(value: unknown): boolean {
  try {
    superjson.stringify(value);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes('prototype pollution');
  }
}

/** Output of superjson, or a marker that it throws. */
function expected(value: unknown): string | undefined {
  try {
    return superjson.stringify(value);
  } catch {
    return undefined;
  }
}

test('written text equals that of superjson, byte for byte', () => {
  let written = 0;
  let all = 0;
  fc.assert(
    fc.property(output, (value) => {
      const text = writeSuperjson(value);
      all += 1;
      if (text === undefined || holdsForbiddenName(value)) return;
      written += 1;
      expect(text).toBe(expected(value));
    }),
    { numRuns: 3000 },
  );
  expect(written / all).toBeGreaterThan(0.3);
});

test('any value is written as superjson does, or left to superjson', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const text = writeSuperjson(value);
      if (text !== undefined && !holdsForbiddenName(value)) expect(text).toBe(expected(value));
    }),
    { numRuns: 3000 },
  );
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a date', new Date(0)],
  ['undefined in records and lists', { a: undefined, b: [undefined, { c: undefined }] }],
  [
    'dates at all depths',
    { a: new Date(0), b: { c: new Date(1), d: [new Date(2), { e: new Date(3) }] } },
  ],
  [
    'annotations reordered by numeric keys',
    [
      { a: new Date(0) },
      new Date(1),
      { 2: new Date(2), 1: [new Date(3)], b: [{ c: new Date(4) }, new Date(5)] },
    ],
  ],
  ['keys with dots and backslashes', { 'a.b': new Date(0), 'c\\d': { '.': undefined } }],
  [
    'a page',
    {
      id: 'x',
      createdAt: new Date(0),
      items: [{ params: { since: new Date(1), tags: ['a'] } }, { error: undefined }],
    },
  ],
])('%s is written', (_name, value) => {
  expect(writeSuperjson(value)).toBe(superjson.stringify(value));
});

test.each<[string, unknown]>([
  ['NaN', Number.NaN],
  ['infinity', [Number.POSITIVE_INFINITY]],
  ['minus zero', { a: -0 }],
  ['a bigint', 1n],
  ['a map', new Map()],
  ['a set', new Set()],
  ['an error', new Error('x')],
  ['a URL', new URL('http://x/')],
  ['a regular expression', /x/],
  ['bytes', new Uint8Array(1)],
  ['an invalid date', new Date(Number.NaN)],
  ['a date with its own toJSON', Object.assign(new Date(0), { toJSON: () => 'then' })],
  ['an instance of a class', new (class Thing {})()],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['the same date twice', { a: sharedDate, b: sharedDate }],
  ['a cycle', circle],
  ['a list with holes', holes],
  ['a list with properties', Object.assign([1], { extra: new Date(0) })],
  ['a date under a name that superjson rejects in a path', { constructor: new Date(0) }],
  ['its own toJSON', { toJSON: () => 1 }],
])('%s is left to superjson', (_name, value) => {
  expect(writeSuperjson(value)).toBeUndefined();
});

test('data with names that superjson rejects is written so that superjson can read it, without changing a prototype', () => {
  const data: unknown = JSON.parse(
    '{"at":0,"constructor":{"prototype":[1],"name":"Ferrari"},"a":{"__proto__":{"x":1},"b":2}}',
  );
  expect(expected(data)).toBeUndefined();
  const text = writeSuperjson({ data, asOf: new Date(7), error: undefined }) ?? '';
  const read = superjson.parse<{ data: { a: object } }>(text);
  const plain = { at: 0, constructor: { prototype: [1], name: 'Ferrari' }, a: { b: 2 } };
  expect(read).toEqual({ data: plain, asOf: new Date(7), error: undefined });
  expect('x' in read.data.a).toBe(false);
  expect(text).not.toContain('__proto__');
});
