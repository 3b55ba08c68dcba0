import { isRecord } from '@synap/http';
import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from '../meta.js';
import { generateDocument } from './generate.js';

const t = initTRPC.meta<RestMeta>().create();

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (isRecord(inner) || Array.isArray(inner) ? Object(inner)[key] : undefined),
    value,
  );

const problem = (from: unknown, ...path: string[]) =>
  at(from, ...path, 'content', 'application/problem+json', 'example');

describe('the examples of an operation', () => {
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
  const document = generateDocument({
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
  const put = at(document.paths, '/things/{id}', 'put');

  it('are split into parameters and body, also for aliases', () => {
    expect(at(put, 'parameters', '0')).toMatchObject({ name: 'id', example: 'a1' });
    expect(at(put, 'requestBody', 'content', 'application/json', 'example')).toEqual({
      name: 'Lamp',
      count: 2,
    });
    const alias = at(document.paths, '/thing', 'post');
    expect(at(alias, 'requestBody', 'content', 'application/json', 'example')).toEqual({
      id: 'a1',
      count: 2,
    });
    expect(at(put, 'responses', '200', 'content', 'application/json', 'example')).toEqual({
      ok: true,
    });
  });

  it('of its own errors override the shared ones, and other errors keep their codes', () => {
    expect(problem(put, 'responses', '404')).toMatchObject({
      status: 404,
      code: 'no_thing',
      detail: 'There is no thing a1.',
    });
    expect(document.components.responses).not.toHaveProperty('NotFound');
    expect(problem(document.components.responses, 'Unauthorized')).toMatchObject({
      code: 'unauthenticated',
    });
    expect(problem(document.components.responses, 'ContentTooLarge')).toMatchObject({
      code: 'payload_too_large',
    });
    expect(at(document.components.headers, 'X-Request-Id', 'example')).toBe('request-7');
  });

  it('come with the extensions of the host', () => {
    expect(at(put, 'x-procedure')).toBe('saved');
  });
});
