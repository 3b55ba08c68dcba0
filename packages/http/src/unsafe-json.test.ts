import { describe, expect, it } from 'vitest';
import { findUnsafeJson } from './unsafe-json.js';

const pathsIn = (text: string) => findUnsafeJson(JSON.parse(text)).map(({ path }) => path);

describe('a prototype key is found', () => {
  it.each([
    ['{"__proto__":1}', ['__proto__']],
    ['{"constructor":null}', ['constructor']],
    ['[[{"prototype":{}}]]', [0, 0, 'prototype']],
    ['{"a":{"b":[1,{"\\u005f_proto__":1}]}}', ['a', 'b', 1, '__proto__']],
  ])('in %s', (text, path) => expect(pathsIn(text)).toEqual([path]));
});

describe('a number beyond the safe integers is found', () => {
  it.each([
    '9007199254740992',
    '-9007199254740993',
    '9007199254740993.0',
    '900719925474099300e-2',
    '1e16',
    '12345678901234567890',
    '1E400',
    '-1e400',
    '1e300',
  ])('as %s', (literal) => {
    expect(pathsIn(literal)).toEqual([[]]);
    expect(pathsIn(`{"a":[0,${literal}]}`)).toEqual([['a', 1]]);
  });
});

it.each([
  [
    'the greatest integers',
    '[9007199254740991,-9007199254740991,9007199254740991.0,9.007199254740991e15]',
  ],
  [
    'fractions, however long',
    '[0.1,3.14159265358979323846264338327950288,1e-400,4503599627370495.5]',
  ],
  ['digits in text', '{"id":"90071992547409930000","text":"__proto__ constructor"}'],
  [
    'keys that only resemble',
    '{"proto":1,"__proto":1,"Constructor":1,"prototypes":1,"toString":1}',
  ],
])('%s are safe', (_, text) => expect(pathsIn(text)).toEqual([]));

it('nesting uses no stack, and a deep value is reported by its ancestor', () => {
  const levels = 50_000;
  const [path] = pathsIn(`${'['.repeat(levels)}{"__proto__":1}${']'.repeat(levels)}`);
  expect(path).toEqual(Array.from({ length: 64 }, () => 0));
});

it('at most ten issues are reported', () => {
  expect(pathsIn(`[${'1e16,'.repeat(100)}0]`)).toHaveLength(10);
});
