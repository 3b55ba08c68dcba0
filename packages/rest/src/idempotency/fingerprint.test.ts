import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.js';

describe('a fingerprint', () => {
  it('does not depend on the order of keys or on undefined values', () => {
    const one = { a: [{ b: 1, c: 'x' }], d: null };
    expect(fingerprintOf({ d: null, e: undefined, a: [{ c: 'x', b: 1 }] })).toBe(
      fingerprintOf(one),
    );
    expect(fingerprintOf(one)).toMatch(/^[\w-]{43}$/);
  });

  it('differs for any other difference', () => {
    const inputs = [
      undefined,
      null,
      '',
      '0',
      0,
      1,
      1n,
      '1n',
      true,
      'true',
      [],
      {},
      [[]],
      [{}],
      [null],
      { a: [] },
      { a: {} },
      ['a', 'b'],
      ['b', 'a'],
      ['a;"b"'],
      ['a', ['b']],
      [['a'], 'b'],
      [['a', 'b']],
      { a: 'b' },
      { b: 'a' },
      { a: 'b;' },
      { a: { b: 1 } },
      { a: 1, b: 1 },
      { a: { b: 1, c: 1 } },
      { a: { b: 1 }, c: 1 },
      JSON.parse('{"__proto__":1}'),
      new Date(0),
      new Date(1),
      '@0',
      new Map([['a', 1]]),
      new Map([['a', 2]]),
      new Set(['a']),
      new Set(['b']),
    ];
    expect(new Set(inputs.map(fingerprintOf)).size).toBe(inputs.length);
  });

  it('supports inputs of any depth and breadth', () => {
    const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(fingerprintOf(deep(200_000))).not.toBe(fingerprintOf(deep(199_999)));
    expect(fingerprintOf(Array(500_000).fill(0))).not.toBe(fingerprintOf(Array(499_999).fill(0)));
  });
});
