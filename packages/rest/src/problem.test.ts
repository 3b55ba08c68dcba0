import { readFileSync } from 'node:fs';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeProblem, pointerOf, statusOf, titleOf, toProblem } from './problem.js';

const canary = 'canary-9a1c';
const codes = Object.keys(TRPC_ERROR_CODES_BY_KEY).filter(
  (key): key is TRPCError['code'] => key in TRPC_ERROR_CODES_BY_KEY,
);

describe('a problem', () => {
  it('has the status that tRPC gives its code, and a title for each', () => {
    for (const code of codes) {
      const error = new TRPCError({ code });
      expect(statusOf(error)).toBe(getHTTPStatusCodeFromError(error));
      expect(toProblem(error)).toMatchObject({
        status: statusOf(error),
        title: titleOf(statusOf(error)),
        code: code.toLowerCase(),
      });
    }
  });

  it('exposes messages of the application, but not of unexpected errors', () => {
    expect(toProblem(new TRPCError({ code: 'CONFLICT', message: 'Taken.' })).detail).toBe('Taken.');
    expect(toProblem(new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: 'Away.' })).detail).toBe(
      'Away.',
    );
    const hidden = [
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: canary }),
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new Error(canary) }),
      new TRPCError({ code: 'NOT_FOUND', cause: new Error(canary) }),
      new TRPCError({ code: 'SERVICE_UNAVAILABLE', cause: canary }),
      new TRPCError({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'Output',
        cause: z.object({ [canary]: z.string() }).safeParse({}).error,
      }),
    ];
    for (const error of hidden)
      expect(JSON.stringify(toProblem(error, { instance: '/x' }))).not.toContain(canary);
  });

  it('points into the input, even at unknown keys', () => {
    const schema = z.object({ list: z.array(z.strictObject({ 'a/b~c': z.string() })) });
    const cause = schema.safeParse({ list: [{ 'a/b~c': 1, x: 1, y: 2 }] }).error;
    const problem = toProblem(new TRPCError({ code: 'BAD_REQUEST', cause }));
    expect(problem.errors?.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/list/0/a~1b~0c', 'invalid_type'],
      ['/list/0/x', 'unrecognized_keys'],
      ['/list/0/y', 'unrecognized_keys'],
    ]);
    expect(pointerOf([])).toBe('');
  });

  it('uses status, detail and headers of an application error', () => {
    const error = new TRPCError({ code: 'CONFLICT', cause: new Error(canary) });
    const source = {
      code: 'gone',
      status: 410,
      detail: 'It is gone.',
      headers: { 'retry-after': '1' },
    };
    const { problem, headers } = describeProblem(error, {
      requestId: 'r',
      instance: '/x',
      readSource: () => source,
    });
    expect(problem).toEqual({
      type: 'about:blank',
      title: 'Gone',
      status: 410,
      detail: 'It is gone.',
      code: 'gone',
      instance: '/x',
      requestId: 'r',
    });
    expect(headers).toEqual({ 'retry-after': '1' });
  });

  it('can be created in a browser: its file has no runtime dependency', () => {
    const imports = readFileSync(new URL('./problem.ts', import.meta.url), 'utf8').match(
      /^import .*$/gm,
    );
    for (const line of imports ?? []) expect(line).toMatch(/^import type /);
  });
});
