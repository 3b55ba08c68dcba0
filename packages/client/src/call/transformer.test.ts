import { readSuperjson } from '@synap/rpc/superjson';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transformer } from './transformer.js';

const { serialize } = transformer.input;
/** Input as the server parses it. */
const received = (input: unknown): unknown =>
  readSuperjson(JSON.parse(JSON.stringify(serialize(input))));

const key = fc
  .oneof(fc.string(), fc.constantFrom('a.b', '\\', '.', '0', ''))
  .filter((name) => name !== '__proto__');
const { input } = fc.letrec((tie) => ({
  input: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('input'), { maxLength: 4 }),
    fc.dictionary(key, tie('input'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

const forbidden = /"(?:constructor|prototype)/;

describe('an input', () => {
  test('of JSON, dates and bigints arrives unchanged', () => {
    fc.assert(
      fc.property(input, (value) => {
        fc.pre(!forbidden.test(JSON.stringify(serialize(value))));
        expect(received(value)).toEqual(value);
      }),
    );
  });

  test('may use one object in several places', () => {
    const params = { limit: 5 };
    expect(received({ widgets: [{ params }, { params }] })).toEqual({
      widgets: [{ params }, { params }],
    });
    expect(serialize({ widgets: [params, params] })).not.toHaveProperty('meta');
  });

  test('arrives without undefined properties and without negative zero', () => {
    expect(received({ name: undefined, x: -0, list: [undefined] })).toEqual({ x: 0, list: [null] });
    expect(serialize(undefined)).toBeUndefined();
  });

  test('that cannot be serialized throws an error with its path', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => serialize({ a: { b: new Map() } })).toThrow(
      new TypeError('The input has a Map at "a.b": send plain objects and arrays.'),
    );
    expect(() => serialize(circle)).toThrow('contains itself');
  });
});
