import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { limitTo } from './generate-text.js';
import { validValue } from './generate-valid.js';

/** Generates inputs as inputs.e2e.test.ts does. */
function sample(schema: z.ZodType): unknown[] {
  const root = { ...z.toJSONSchema(schema, { io: 'input' }) };
  const values = validValue(root, { root, words: ['probe'], textual: false });
  const isValid = (value: unknown) => schema.safeParse(value).success;
  return fc.sample(limitTo(values, isValid, 'set `inputs`.'), { seed: 1, numRuns: 50 });
}

test.each([
  ['web address', z.url({ protocol: /^https?$/ })],
  ['mail address', z.email()],
  ['date and time', z.iso.datetime()],
  ['date', z.iso.date()],
  ['time', z.iso.time()],
  ['IPv4 address', z.ipv4()],
  ['IPv6 address', z.ipv6()],
  ['network', z.cidrv4()],
  ['version 7 UUID', z.uuidv7()],
  ['text with a pattern', z.string().regex(/^[a-z]{3}-\d{2,}$/)],
  [
    'text with two patterns',
    z
      .string()
      .regex(/^[^b]*$/)
      .regex(/c/),
  ],
])('valid inputs with a %s are generated', (_name, schema) => {
  const texts = sample(z.object({ text: schema })).map((input) => JSON.stringify(input));
  expect(new Set(texts).size).toBeGreaterThan(5);
});

test('an input that cannot be generated is an error that says what to do', () => {
  const unlikely = z.string().refine((text) => text === 'not in the JSON Schema');
  expect(() => sample(z.object({ text: unlikely }))).toThrow(/None of .* set `inputs`/);
  const lookahead = z.string().regex(/^(?=.*\d{9})(?=.*[A-Z]{9}).{30}$/);
  expect(() => sample(z.object({ text: lookahead }))).toThrow(/None of .*\(\?=/);
});
