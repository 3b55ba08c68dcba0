import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { separateOutputParser } from './output-parser.js';

const t = initTRPC.create();
const options = {
  ctx: {},
  path: 'p',
  type: 'query',
  signal: undefined,
  batchIndex: 0,
  getRawInput: async () => 'input',
} as const;

it('invokes without the parser, and validates with it', async () => {
  const seen: unknown[] = [];
  const procedure = t.procedure
    .use(async ({ next }) => {
      const result = await next();
      seen.push(result.ok && result.data);
      return result;
    })
    .output(z.string().toUpperCase().max(5))
    .input(z.string())
    .query(({ input }) => input);
  const separated = separateOutputParser(procedure);
  expect(await separated?.invoke(options)).toBe('input');
  expect(seen).toEqual(['input']);
  expect(await separated?.validate('other', options)).toBe('OTHER');
  await expect(separated?.validate('too long', options)).rejects.toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Output validation failed',
  });
  expect(await procedure(options)).toBe('INPUT');
});

it('leaves a procedure that has no parser', () => {
  expect(separateOutputParser(t.procedure.query(() => 1))).toBeUndefined();
});
