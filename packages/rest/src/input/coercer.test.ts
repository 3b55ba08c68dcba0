import type { InputIssue } from '@synap/http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileCoercer } from './coercer.js';
import { parseParameters } from './parameters.js';

function coerce(schema: z.ZodType, query: string) {
  const issues: InputIssue[] = [];
  const value = compileCoercer(schema)(parseParameters(query), [], issues);
  return { value, issues };
}

const parsed = (schema: z.ZodType, query: string) => schema.safeParse(coerce(schema, query).value);

describe('a coercer', () => {
  it('restores any value of a type from its text', () => {
    const schema = z.object({
      n: z.number(),
      i: z.int(),
      b: z.boolean(),
      s: z.string(),
      d: z.date(),
      g: z.bigint(),
      list: z.array(z.number()).min(1),
      e: z.enum(['a', 'b c', '1']),
      o: z.object({ n: z.number(), deep: z.object({ b: z.boolean() }) }),
    });
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    const input = fc.record({
      n: finite,
      i: fc.maxSafeInteger(),
      b: fc.boolean(),
      s: fc.string({ unit: 'grapheme' }),
      d: fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T00:00:00Z'),
        noInvalidDate: true,
      }),
      g: fc.bigInt(),
      list: fc.array(finite, { minLength: 1, maxLength: 5 }),
      e: fc.constantFrom('a', 'b c', '1'),
      o: fc.record({ n: finite, deep: fc.record({ b: fc.boolean() }) }),
    });
    fc.assert(
      fc.property(input, (value) => {
        const { value: read, issues } = coerce(schema, writeQuery(value));
        expect(issues).toEqual([]);
        expect(read).toEqual(value);
      }),
    );
  });

  it('never throws and never modifies the schema, for any input', () => {
    const schema = z.object({
      n: z.number().optional(),
      c: z.coerce.boolean().optional(),
      u: z.union([z.number(), z.array(z.boolean()), z.object({ a: z.date() })]).optional(),
      r: z.record(z.string(), z.bigint()).optional(),
      m: z.map(z.string(), z.number()).optional(),
      t: z.tuple([z.number(), z.string()]).optional(),
      x: z.intersection(z.object({ a: z.number() }), z.looseObject({ b: z.boolean() })).optional(),
    });
    const before = snapshot(schema);
    const name = fc.constantFrom(
      'n',
      'c',
      'u',
      'r',
      'm',
      't',
      'x',
      'u[a]',
      'r[k]',
      'm[k]',
      't[0]',
      't[]',
      'x[a]',
      'x[b]',
      '__proto__[a]',
    );
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('', '1', 'true', 'null', '2026-01-01T00:00:00Z'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { maxLength: 8 }), (pairs) => {
        coerce(
          schema,
          pairs
            .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
            .join('&'),
        );
        expect(snapshot(schema)).toBe(before);
      }),
    );
    expect(z.object({ n: z.number() }).safeParse({ n: '1' }).success).toBe(false);
    expect(schema.safeParse({ n: '1' }).success).toBe(false);
  });

  it('follows recursive schemas', () => {
    const tree = z.object({
      at: z.number(),
      get kids() {
        return z.array(tree).optional();
      },
    });
    expect(coerce(tree, 'at=1&kids[0][at]=2&kids[0][kids][0][at]=3').value).toEqual({
      at: 1,
      kids: [{ at: 2, kids: [{ at: 3 }] }],
    });
    expect(coerce(z.object({ j: z.json() }), 'j[a]=1&j[b]=x').value).toEqual({
      j: { a: '1', b: 'x' },
    });
  });

  it('reads the input side of transforms, pipes and preprocessing', () => {
    const schema = z.object({
      n: z.number().transform((n) => `${n}!`),
      p: z.boolean().pipe(z.boolean()),
      pre: z.preprocess((value) => String(value).length, z.number()),
      d: z.number().default(1),
      pf: z.number().prefault(2),
      ro: z.number().readonly(),
      c: z.number().catch(9),
    });
    expect(parsed(schema, 'n=1&p=0&pre=abc&ro=3&c=x').data).toEqual({
      n: '1!',
      p: false,
      pre: 3,
      d: 1,
      pf: 2,
      ro: 3,
      c: 9,
    });
  });

  it('selects the union option that accepts the value', () => {
    const either = z.object({
      v: z.union([z.literal('auto'), z.number().max(10), z.boolean(), z.array(z.number())]),
    });
    expect(coerce(either, 'v=auto').value).toEqual({ v: 'auto' });
    expect(coerce(either, 'v=7').value).toEqual({ v: 7 });
    expect(coerce(either, 'v=true').value).toEqual({ v: true });
    expect(coerce(either, 'v=1&v=2').value).toEqual({ v: [1, 2] });
    expect(coerce(either, 'v=11').value).toEqual({ v: [11] });
    expect(parsed(either, 'v=maybe').success).toBe(false);
    const refined = z.object({ v: z.union([z.number().refine(async () => true), z.string()]) });
    expect(coerce(refined, 'v=1').value).toEqual({ v: 1 });
  });

  it('selects the named option of a discriminated union, also by numbers and booleans', () => {
    const schema = z.discriminatedUnion('k', [
      z.object({ k: z.literal(1), v: z.string() }),
      z.object({ k: z.literal(true), v: z.number() }),
      z.object({ k: z.enum(['a', 'b']), v: z.boolean() }),
    ]);
    expect(coerce(schema, 'k=1&v=1').value).toEqual({ k: 1, v: '1' });
    expect(coerce(schema, 'k=true&v=1').value).toEqual({ k: true, v: 1 });
    expect(coerce(schema, 'k=b&v=1').value).toEqual({ k: 'b', v: true });
  });

  it('reads null as null unless the schema accepts that text', () => {
    const schema = z.object({ n: z.number().nullable(), s: z.string().nullable() });
    expect(coerce(schema, 'n=null&s=null').value).toEqual({ n: null, s: 'null' });
  });

  it('creates sets, maps, tuples and numeric enums', () => {
    const schema = z.object({
      set: z.set(z.number()),
      map: z.map(z.number(), z.boolean()),
      tuple: z.tuple([z.number(), z.boolean()]).rest(z.date()),
      level: z.enum({ Low: 1, High: 2 }),
    });
    expect(
      coerce(schema, 'set=1&set=2&map[1]=true&tuple=1&tuple=0&tuple=2026-01-01T00:00:00Z&level=2')
        .value,
    ).toEqual({
      set: new Set([1, 2]),
      map: new Map([[1, true]]),
      tuple: [1, false, new Date('2026-01-01T00:00:00Z')],
      level: 2,
    });
  });

  it('drops unknown keys of strict objects and keeps those that a catch-all accepts', () => {
    expect(coerce(z.strictObject({ a: z.number() }), 'a=1&b=2').value).toEqual({ a: 1 });
    expect(coerce(z.object({ a: z.number() }).catchall(z.boolean()), 'a=1&b=0').value).toEqual({
      a: 1,
      b: false,
    });
  });

  it('reports the path of an invalid value', () => {
    const { issues } = coerce(
      z.object({ o: z.object({ n: z.number() }), l: z.array(z.bigint()) }),
      'o[n]=x&l=1&l=y',
    );
    expect(issues.map(({ path, code }) => [path, code])).toEqual([
      [['o', 'n'], 'invalid_type'],
      [['l', 1], 'invalid_type'],
    ]);
  });
});

function writeQuery(value: object): string {
  const pairs: string[] = [];
  const visit = (name: string, inner: unknown) => {
    if (Array.isArray(inner)) for (const item of inner) visit(name, item);
    else if (inner instanceof Date) visit(name, inner.toISOString());
    else if (typeof inner === 'object' && inner !== null)
      for (const [key, below] of Object.entries(inner)) visit(`${name}[${key}]`, below);
    else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(inner))}`);
  };
  for (const [key, inner] of Object.entries(value)) visit(key, inner);
  return pairs.join('&');
}

/** Serializes a schema, to detect modifications. */
function snapshot(schema: z.ZodType): string {
  const seen = new Set<object>();
  return JSON.stringify(schema._zod.def, (_key, value: unknown) => {
    if (typeof value === 'function') return 'function';
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return 'seen';
    seen.add(value);
    return '_zod' in value ? { def: Object.entries(Object(value)._zod.def) } : value;
  });
}
