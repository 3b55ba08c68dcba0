import fc from 'fast-check';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { readSuperjson } from './superjson-reader.js';

const read = (payload: unknown): unknown => readSuperjson(JSON.parse(JSON.stringify(payload)));

const key = fc
  .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'a.b', '\\', '\\.', '0', '10', ''))
  .filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
const { input } = fc.letrec((tie) => ({
  input: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.date({ noInvalidDate: true }),
    fc.array(
      tie('input').filter((item) => item !== undefined),
      { maxLength: 5 },
    ),
    fc.dictionary(key, tie('input'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

test('superjson’s output for JSON, undefined, dates and bigints is read as superjson reads it', () => {
  fc.assert(
    fc.property(input, (value) => {
      const { json, meta } = superjson.serialize(value);
      const { referentialEqualities: _, ...rest } = meta ?? {};
      expect(read({ json, ...(meta && { meta: rest }) })).toStrictEqual(withoutUndefined(value));
    }),
    { numRuns: 2000 },
  );
});

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** The same value without undefined properties. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isObject(value)) return value;
  const present = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(present.map(([name, inner]) => [name, withoutUndefined(inner)]));
}

test('an undefined property is omitted at any depth; an undefined item of a list is rejected', () => {
  const { json, meta } = superjson.serialize({
    a: undefined,
    b: { c: undefined, d: 1, 'e.f': undefined },
    g: [{ h: undefined }],
  });
  expect(read({ json, meta })).toStrictEqual({ b: { d: 1 }, g: [{}] });
  const list = superjson.serialize({ list: [1, undefined] });
  expect(() => read(list)).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringContaining('list.1') }),
  );
});

test('an input without annotations is returned unchanged', () => {
  const json = { a: [1, { b: null }] };
  expect(readSuperjson({ json })).toBe(json);
  expect([read({}), read({ json: null, meta: null }), read({ json: 1, meta: { v: 1 } })]).toEqual([
    undefined,
    null,
    1,
  ]);
});

test('the format of an earlier superjson, without a version, is read', () => {
  expect(
    read({ json: { at: '1970-01-01T00:00:00.000Z' }, meta: { values: { at: ['Date'] } } }),
  ).toEqual({ at: new Date(0) });
});

describe('rejected before anything is built', () => {
  const json = { email: { length: 5e8 }, list: [null, 'x'], at: '2026-01-01' };
  const values = (annotations: unknown) => ({ json, meta: { values: annotations, v: 1 } });
  const types = [
    'set',
    'map',
    'regexp',
    'URL',
    'Error',
    'number',
    'class',
    'symbol',
    'custom',
    'toString',
    '__proto__',
  ];

  test.each<[string, unknown]>([
    ['a typed array', values({ email: [['typed-array', 'Uint8Array']] })],
    ['a class', values({ email: [['class', 'User']] })],
    ['a symbol', values({ email: [['symbol', 'x']] })],
    ['a custom type', values({ email: [['custom', 'x']] })],
    ...types.map((type): [string, unknown] => [`the type ${type}`, values({ email: [type] })]),
    ['a type of the root', values([['typed-array', 'Uint8Array']])],
    ['types within a type', values({ list: ['Date', { 0: ['Date'] }] })],
    ['a tree of types', values({ list: { 0: ['Date'] } })],
    ['no type', values({ at: [] })],
    ['text for a type', values({ at: 'Date' })],
    ['equal references', { json, meta: { referentialEqualities: { email: ['list.0'] } } }],
    ['a reference from the root', { json, meta: { referentialEqualities: [['list.0']] } }],
    ['unknown metadata', { json, meta: { other: 1 } }],
    ['metadata as a list', { json, meta: [['Date']] }],
    ['another version', { json, meta: { values: { at: ['Date'] }, v: 2 } }],
    ['a path beyond a list', values({ 'list.4294967294': ['undefined'] })],
    ['a list’s length', values({ 'list.length': ['undefined'] })],
    ['a path without a value', values({ 'email.no.such': ['undefined'] })],
    ['a path into text', values({ 'at.0': ['undefined'] })],
    ['a path through an inherited name', values({ 'list.constructor.prototype.x': ['undefined'] })],
    ['a path with invalid escaping', values({ 'at\\': ['Date'] })],
    ['a date that is not text', values({ email: ['Date'] })],
    [
      'a date that is too long',
      { json: { at: '9'.repeat(65) }, meta: { values: { at: ['Date'] } } },
    ],
    [
      'a bigint that is too long',
      { json: { at: '9'.repeat(65) }, meta: { values: { at: ['bigint'] } } },
    ],
    ['a bigint that is not a number', values({ at: ['bigint'] })],
    ['no object', 'text'],
    ['null', null],
    ['a list', [1]],
  ])('%s', (_what, payload) => {
    expect(() => read(payload)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', cause: undefined }),
    );
  });

  test.each([
    [
      '{"json":{"__proto__":{"a":"1"}},"meta":{"values":{"__proto__.a":["bigint"]}}}',
      ['__proto__'],
    ],
    ['{"json":{"a":[{"constructor":1}]}}', ['a', 0, 'constructor']],
    ['{"json":{"a":{"\\u005f_proto__":1}}}', ['a', '__proto__']],
    ['{"json":1,"prototype":1}', ['prototype']],
    [
      '{"json":{"a":"x"},"meta":{"values":{"__proto__":["Date"]}}}',
      ['meta', 'values', '__proto__'],
    ],
    ['{"json":{"n":9007199254740993}}', ['n']],
    ['{"json":1e400}', []],
  ])('keys and numbers that are not safe in %s', (text, path) => {
    const read = () => readSuperjson(JSON.parse(text));
    const cause = expect.objectContaining({ issues: [expect.objectContaining({ path })] });
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', cause }));
  });
});
