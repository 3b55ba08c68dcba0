import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readParams } from './text-values.js';

const schema = z.toJSONSchema(
  z.object({
    limit: z.number().int().default(10),
    ratio: z.number().nullable(),
    flag: z.boolean(),
    name: z.string(),
    either: z.union([z.number(), z.string()]),
    tags: z.array(z.string()),
    ids: z.array(z.number()),
    level: z.literal([1, 2]),
    filter: z.object({ open: z.boolean() }),
  }),
  { io: 'input' },
);

describe('parameters from a query string', () => {
  it.each([
    [{ limit: '25' }, { limit: 25 }],
    [{ ratio: '-0.5' }, { ratio: -0.5 }],
    [{ ratio: '1e3' }, { ratio: 1000 }],
    [{ flag: 'true' }, { flag: true }],
    [{ flag: '0' }, { flag: false }],
    [{ level: '2' }, { level: 2 }],
    [{ tags: 'a,b' }, { tags: ['a,b'] }],
    [{ tags: ['a', 'b'] }, { tags: ['a', 'b'] }],
    [{ ids: ['1', '2'] }, { ids: [1, 2] }],
    [{ ids: '1' }, { ids: [1] }],
    [{ filter: { open: '1' } }, { filter: { open: true } }],
  ])('are read as what the schema says: %j → %j', (given, read) => {
    expect(readParams(given, schema)).toEqual(read);
  });

  it.each([
    { limit: '' },
    { limit: ' 1' },
    { limit: '0x10' },
    { limit: '010' },
    { limit: 'Infinity' },
    { limit: '1e999' },
    { flag: 'yes' },
    { name: '7' },
    { either: '7' },
    { unknown: '7' },
    { limit: 7 },
    { flag: null },
    { filter: 'x' },
  ])('stay as they are when they are no such thing, or need no reading: %j', (given) => {
    expect(readParams(given, schema)).toEqual(given);
  });

  it('cannot reach a prototype', () => {
    const read = readParams(
      JSON.parse('{ "__proto__": { "polluted": "1" }, "constructor": "1" }'),
      schema,
    );
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
  });
});
