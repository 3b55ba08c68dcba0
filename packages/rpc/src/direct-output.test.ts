import { compileWriter } from '@synap/json-writer';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRpcHandler } from './handler.js';
import { type Listening, listen, send } from './testing/servers.js';

const t = initTRPC.create({ transformer: superjson, isDev: false });
const schema = z.object({ id: z.string().toUpperCase(), at: z.date().optional() });
const untyped: z.ZodType<unknown, unknown> = schema;
const at = new Date(0);
const faulty: unknown = { id: 7 };
const unread = { id: 'a', at, secret: Promise.resolve('hidden') };

const router = t.router({
  note: t.procedure.output(schema).query(() => unread),
  none: t.procedure.output(z.void()).query(() => undefined),
  list: t.procedure.output(z.array(schema)).query(() => [{ id: 'b' }, { id: 'c', at: undefined }]),
  reversed: t.procedure
    .output(z.string().transform((text) => [...text].reverse().join('')))
    .query(() => 'abc'),
  same: t.procedure.output(z.object({ a: z.date(), b: z.date() })).query(() => ({ a: at, b: at })),
  wrong: t.procedure.output(z.unknown().pipe(schema)).query(() => faulty),
  wrongKind: t.procedure.output(untyped).query(() => faulty),
  plain: t.procedure.query(() => ({ free: at })),
});

describe('outputs that are written directly', () => {
  const servers: Listening[] = [];
  const compiled: unknown[] = [];
  const errors: string[] = [];
  beforeAll(async () => {
    for (const compileSerializer of [
      undefined,
      (parser: unknown) => {
        compiled.push(parser);
        return compileWriter(parser)?.superjson;
      },
    ]) {
      const handler = createRpcHandler({
        router,
        createContext: () => ({}),
        compileSerializer,
        onError: ({ error }) => errors.push(`${error.code} ${error.message} ${error.cause?.name}`),
      });
      servers.push(await listen((req, res) => handler(req, res)));
    }
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  const both = (path: string) => Promise.all(servers.map((server) => send(server, { path })));

  it.each([
    'note',
    'none',
    'list',
    'reversed',
    'same',
    'plain',
    'wrong',
    'wrongKind',
    'note,list?batch=1',
    'wrongKind,note?batch=1',
  ])('%s equals the validated output, byte for byte', async (path) => {
    const [validated, direct] = await both(path);
    expect(direct?.body).toBe(validated?.body);
    expect([direct?.status, direct?.body.includes('hidden')]).toEqual([validated?.status, false]);
  });

  it('have overwrites applied once, and no undeclared property', async () => {
    const [, direct] = await both('note');
    expect(JSON.parse(direct?.body ?? '').result.data.json).toEqual({
      id: 'A',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('of the wrong kind fail like a validation, each call for itself', async () => {
    errors.length = 0;
    const [validated, direct] = await both('wrongKind,note?batch=1');
    expect([validated?.status, direct?.status]).toEqual([207, 207]);
    const error = 'INTERNAL_SERVER_ERROR Output validation failed ZodError';
    expect(errors).toEqual([error, error]);
  });

  it('are compiled once per procedure', async () => {
    compiled.length = 0;
    await both('list');
    await both('list');
    expect(compiled).toEqual([]);
  });
});
