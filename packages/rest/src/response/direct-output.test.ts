import { type AnyTRPCProcedure, initTRPC, TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseAsync } from 'zod/v4/core';
import { createRestHandler } from '../handler.js';
import { createMemoryIdempotencyStore } from '../idempotency/memory-store.js';
import type { RestMeta, RestOperation } from '../meta.js';
import type { UnvalidatedProcedure } from '../options.js';
import { isSchema } from '../schema.js';
import { listen, send } from '../testing/serve.js';

const t = initTRPC.meta<RestMeta>().create();
const note = z.object({
  id: z.string().toLowerCase(),
  version: z.number(),
  at: z.date(),
  tag: z.string().overwrite((tag) => `${tag}!`),
});
const note1 = { id: 'A b', version: 3, at: new Date(0), tag: 'x', secret: 'hidden' };
const named = z.object({ name: z.string() });
const link = z.object({ url: z.string(), name: z.string() });

/** Outputs of the services before validation, by procedure. */
const outputs: Readonly<Record<string, unknown>> = {
  get: note1,
  list: { items: [note1, note1], nextCursor: 'next', total: 'hidden' },
  create: note1,
  unversioned: { name: 'n', version: 7, secret: 'hidden' },
  wrongKind: { name: 7, secret: 'hidden' },
  wrongCursor: { items: [], nextCursor: 7 },
  reversed: 'abc',
  nothing: undefined,
  text: 'plain',
  big: { n: 1n, secret: 'hidden' },
  undeclaredLink: { url: '/target', name: 'n', to: '/hidden' },
  redirect: { url: '/target', name: 'n' },
};
const procedureOf = (
  path: RestOperation['path'],
  output: z.ZodType<unknown, unknown>,
  operation: Partial<RestOperation> = {},
) => {
  const openapi: RestOperation = Object.assign({ method: 'GET', path } as const, operation);
  const builder = t.procedure
    .meta({ openapi })
    .input(z.object({ id: z.string().optional(), go: z.boolean().optional() }))
    .output(output);
  const resolve = ({ path: name }: { path: string }) => outputs[name];
  return openapi.method === 'GET' ? builder.query(resolve) : builder.mutation(resolve);
};
const page = z.object({ items: z.array(note), nextCursor: z.string().max(9).nullable() });
const redirect = { when: 'go', field: 'url' } as const;

const router = t.router({
  get: procedureOf('/notes/{id}', note, { versioned: true }),
  list: procedureOf('/notes', page),
  create: procedureOf('/notes', note, { method: 'POST', location: '/notes/{id}' }),
  unversioned: procedureOf('/unversioned', named, { versioned: true }),
  wrongKind: procedureOf('/wrong-kind', named),
  wrongCursor: procedureOf('/wrong-cursor', page),
  reversed: procedureOf(
    '/reversed',
    z.unknown().transform((text) => [...String(text)].reverse().join('')),
  ),
  nothing: procedureOf('/nothing', z.void()),
  text: procedureOf('/text', z.string(), { produces: 'text/plain' }),
  big: procedureOf('/big', z.object({ n: z.bigint() })),
  redirect: procedureOf('/redirect', link, { redirect }),
  undeclaredLink: procedureOf('/undeclared', named, { redirect: { when: 'go', field: 'to' } }),
});

/** Stands in for `separateOutputParser` of `@synap/rpc`. */
function separate({ _def }: AnyTRPCProcedure): UnvalidatedProcedure | undefined {
  const definition: object = _def;
  const schema = 'output' in definition && isSchema(definition.output) ? definition.output : null;
  return (
    (schema && {
      invoke: async ({ path, getRawInput }) => {
        await getRawInput();
        return outputs[path];
      },
      validate: (output) =>
        parseAsync(schema, output).catch((cause: unknown) => {
          throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'invalid', cause });
        }),
    }) ??
    undefined
  );
}

describe('responses that are written directly', () => {
  const servers: Awaited<ReturnType<typeof listen>>[] = [];
  beforeAll(async () => {
    for (const separateOutputParser of [undefined, separate]) {
      const idempotency = createMemoryIdempotencyStore({ scope: () => 'all' });
      const handler = createRestHandler({
        router,
        createContext: () => ({}),
        separateOutputParser,
        idempotency,
      });
      servers.push(await listen((req, res) => handler(req, res)));
    }
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  const both = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const body = method === 'POST' ? '{}' : undefined;
    const all = { 'x-request-id': 'same', 'content-type': 'application/json', ...headers };
    const responses = await Promise.all(
      servers.map(({ url }) => send(url, path, { method, body, headers: all })),
    );
    for (const { headers: received } of responses) delete received.date;
    const [validated, direct] = responses;
    return { validated, direct };
  };

  it.each([
    ['GET', '/notes/1', 200],
    ['GET', '/notes?go=true', 200],
    ['POST', '/notes', 200],
    ['GET', '/unversioned', 200],
    ['GET', '/wrong-kind', 500],
    ['GET', '/wrong-cursor', 500],
    ['GET', '/reversed', 200],
    ['GET', '/nothing', 204],
    ['GET', '/text', 200],
    ['GET', '/big', 200],
    ['GET', '/redirect', 200],
    ['GET', '/redirect?go=true', 302],
    ['GET', '/undeclared?go=true', 200],
  ])('%s %s equals the validated response', async (method, path, status) => {
    const { validated, direct } = await both(method, path);
    expect(direct).toEqual(validated);
    expect([direct?.status, JSON.stringify(direct).includes('hidden')]).toEqual([status, false]);
  });

  it('derives headers from declared fields, with overwrites applied once', async () => {
    const { direct } = await both('POST', '/notes');
    expect([direct?.headers.location, direct?.headers.etag]).toEqual(['/notes/a%20b', '"3"']);
    expect(JSON.parse(direct?.body ?? '')).toMatchObject({ id: 'a b', tag: 'x!' });
    expect((await both('GET', '/unversioned')).direct?.headers.etag).toBeUndefined();
  });

  it('is stored under an Idempotency-Key with the same bytes', async () => {
    const headers = { 'idempotency-key': 'k' };
    const first = await both('POST', '/notes', headers);
    const second = await both('POST', '/notes', headers);
    expect(second.direct?.headers['idempotency-replayed']).toBe('true');
    expect(second.direct).toEqual(second.validated);
    expect(second.direct?.body).toBe(first.direct?.body);
  });

  it('answers a conditional read', async () => {
    const { validated, direct } = await both('GET', '/notes/1', { 'if-none-match': '"3"' });
    expect(direct).toEqual(validated);
    expect(direct?.status).toBe(304);
  });
});
