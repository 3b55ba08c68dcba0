import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from '../meta.js';
import { generateDocument } from './generate.js';
import { isJsonObject } from './json-schema.js';

const t = initTRPC.meta<RestMeta>().create();

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (isJsonObject(inner) || Array.isArray(inner) ? Object(inner)[key] : undefined),
    value,
  );

const problem = (from: unknown, ...path: string[]) =>
  at(from, ...path, 'content', 'application/problem+json', 'example');

describe('what an operation says by example', () => {
  const saved = t.procedure
    .meta({
      openapi: {
        method: 'PUT',
        path: '/things/{id}',
        aliases: [{ method: 'POST', path: '/thing', input: { name: 'Old' } }],
        examples: {
          request: { id: 'a1', name: 'Lamp', count: 2 },
          response: { ok: true },
          problems: { 404: { code: 'no_thing', detail: 'There is no thing a1.' } },
        },
      },
    })
    .input(z.object({ id: z.string(), name: z.string(), count: z.number() }))
    .output(z.object({ ok: z.boolean() }))
    .mutation(() => ({ ok: true }));
  const told = generateDocument({
    router: t.router({ saved }),
    title: 'Demo',
    version: '1.2.3',
    problemExamples: {
      401: { code: 'unauthenticated', detail: 'Sign in first.' },
      404: { detail: 'Never said.' },
    },
    headerExamples: { 'X-Request-Id': 'request-7' },
    extensionsOf: ({ path }) => ({ 'x-procedure': path }),
  });
  const put = at(told.paths, '/things/{id}', 'put');

  it('is shared out to its parameters and its body, also at its other addresses', () => {
    expect(at(put, 'parameters', '0')).toMatchObject({ name: 'id', example: 'a1' });
    expect(at(put, 'requestBody', 'content', 'application/json', 'example')).toEqual({
      name: 'Lamp',
      count: 2,
    });
    const alias = at(told.paths, '/thing', 'post');
    expect(at(alias, 'requestBody', 'content', 'application/json', 'example')).toEqual({
      id: 'a1',
      count: 2,
    });
    expect(at(put, 'responses', '200', 'content', 'application/json', 'example')).toEqual({
      ok: true,
    });
  });

  it('holds for its own errors before what is said of all, and leaves the codes that are answered to the others', () => {
    expect(problem(put, 'responses', '404')).toMatchObject({
      status: 404,
      code: 'no_thing',
      detail: 'There is no thing a1.',
    });
    expect(told.components.responses).not.toHaveProperty('NotFound');
    expect(problem(told.components.responses, 'Unauthorized')).toMatchObject({
      code: 'unauthenticated',
    });
    expect(problem(told.components.responses, 'ContentTooLarge')).toMatchObject({
      code: 'payload_too_large',
    });
    expect(at(told.components.headers, 'X-Request-Id', 'example')).toBe('request-7');
  });

  it('comes with the extensions that the host adds', () => {
    expect(at(put, 'x-procedure')).toBe('saved');
  });
});
