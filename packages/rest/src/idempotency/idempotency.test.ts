import { initTRPC, TRPCError } from '@trpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateDocument } from '../document/generate.js';
import { createRestHandler } from '../handler.js';
import type { RestMeta } from '../meta.js';
import { listen, send } from '../testing/serve.js';
import { createMemoryIdempotencyStore } from './memory-store.js';
import type { IdempotencyStore, StoredResponse } from './store.js';

interface Context {
  user: string | undefined;
}

const t = initTRPC.context<Context>().meta<RestMeta>().create();
const authed = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === undefined) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next();
});

let count = 0;
let gate: Promise<void> | undefined;
let reached: (() => void) | undefined;

const router = t.router({
  create: authed
    .meta({
      openapi: { method: 'POST', path: '/things', successStatus: 201, location: '/things/{id}' },
    })
    .input(z.object({ name: z.string().min(1), fail: z.boolean().optional() }))
    .output(z.object({ id: z.number(), name: z.string(), at: z.date() }))
    .mutation(async ({ input }) => {
      count += 1;
      reached?.();
      await gate;
      if (input.fail) throw new TRPCError({ code: 'CONFLICT', message: 'No.' });
      return { id: count, name: input.name, at: new Date(0), secret: 'hidden' };
    }),
  ping: authed.meta({ openapi: { method: 'POST', path: '/ping' } }).mutation(() => {
    count += 1;
  }),
  tangle: authed
    .meta({ openapi: { method: 'POST', path: '/tangle' } })
    .output(z.unknown())
    .mutation(() => {
      count += 1;
      const circular: unknown[] = [];
      circular.push(circular);
      return circular;
    }),
  login: t.procedure
    .meta({ openapi: { method: 'POST', path: '/login', noStore: true } })
    .output(z.object({ token: z.number() }))
    .mutation(() => {
      count += 1;
      return { token: count };
    }),
});

describe('Idempotency-Key', () => {
  let server: Awaited<ReturnType<typeof listen>>;
  let now = 0;
  const memory = createMemoryIdempotencyStore<Context>({
    scope: ({ user }) => user,
    now: () => now,
    limit: 100,
  });

  const start = (idempotency: IdempotencyStore<Context>) =>
    listen(
      createRestHandler({
        router,
        idempotency,
        createContext: ({ req }) => ({ user: req.headers.authorization }),
      }),
    );
  const post = (
    path: string,
    key: string,
    body?: string,
    authorization: string | undefined = 'ann',
  ) =>
    send(server.url, path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(authorization ? { authorization } : {}),
      },
      body,
    });

  beforeEach(async () => {
    count = 0;
    gate = undefined;
    reached = undefined;
    server = await start(memory);
  });
  afterEach(() => server.close());

  it('repeats the response to the same request, and runs it once', async () => {
    const first = await post('/things', 'k1', '{"name":"a"}');
    const second = await post('/things', '"k1"', '{ "name" : "a" }');
    expect([second.status, second.body, second.headers.location]).toEqual([
      201,
      first.body,
      '/things/1',
    ]);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual(
      [undefined, 'true'],
    );
    expect(count).toBe(1);
    expect((await post('/ping', 'k1')).status).toBe(204);
    expect((await post('/ping', 'k1')).headers['idempotency-replayed']).toBe('true');
    expect(count).toBe(2);
  });

  it('is 422 with another input, and scoped to the caller and procedure', async () => {
    await post('/things', 'k2', '{"name":"a"}');
    expect((await post('/things', 'k2', '{"name":"b"}')).status).toBe(422);
    expect((await post('/things', 'k2', '{"name":"b"}', 'bob')).status).toBe(201);
    expect((await post('/ping', 'k2')).status).toBe(204);
  });

  it('is 409 while the first request is in progress', async () => {
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const first = post('/things', 'k3', '{"name":"a"}');
    await arrived;
    expect((await post('/things', 'k3', '{"name":"a"}')).status).toBe(409);
    open();
    expect((await first).status).toBe(201);
    expect(count).toBe(1);
  });

  it('can be reused after a failure, and after it expires', async () => {
    expect((await post('/things', 'k4', '{"name":"a","fail":true}')).status).toBe(409);
    expect((await post('/things', 'k4', '{"name":""}')).status).toBe(400);
    expect((await post('/things', 'k4', '{"name":"a"}')).status).toBe(201);
    now += 24 * 60 * 60 * 1000;
    expect((await post('/things', 'k4', '{"name":"b"}')).status).toBe(201);
  });

  it('does not repeat an effect whose response cannot be written', async () => {
    const first = await post('/tangle', 'k9');
    const second = await post('/tangle', 'k9');
    expect([first.status, second.status, second.body]).toEqual([500, 500, first.body]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(count).toBe(1);
  });

  it('of an unauthorized request is never read', async () => {
    await post('/things', 'k5', '{"name":"a"}');
    expect((await post('/things', 'k5', '{"name":"a"}', '')).status).toBe(401);
  });

  it('that is malformed is 400', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256)])
      expect((await post('/things', key, '{"name":"a"}')).status).toBe(400);
  });

  it('is ignored if responses must not be stored', async () => {
    const first = await post('/login', 'k6');
    expect((await post('/login', 'k6')).body).not.toBe(first.body);
  });

  it('is documented exactly for operations that support it', () => {
    const { paths } = generateDocument({
      router,
      title: 'Things',
      version: '1.0.0',
      idempotency: true,
    });
    const names = ({ post }: (typeof paths)[string]) =>
      Array.isArray(post?.parameters)
        ? post.parameters.map((parameter) => Object(parameter).name)
        : [];
    const taking = Object.entries(paths).filter(([, item]) =>
      names(item).includes('Idempotency-Key'),
    );
    expect(taking.map(([path]) => path)).toEqual(['/things', '/ping', '/tangle']);
  });

  it('lets a store save the response before it is sent', async () => {
    await server.close();
    let stored: StoredResponse | undefined;
    let completed: StoredResponse | undefined;
    server = await start({
      claim: async ({ answerTo }) => {
        stored = await answerTo({ id: 1, name: 'a', at: new Date(0), secret: 'hidden' });
        const complete = async (response: StoredResponse) => {
          completed = response;
        };
        return { kind: 'new', complete, abandon: async () => {} };
      },
    });
    const response = await post('/things', 'k7', '{"name":"a"}');
    expect(stored).toEqual(completed);
    expect(stored?.body).toBe(response.body);
    expect(stored?.body).not.toContain('hidden');
  });

  it('does not change the response if the store fails', async () => {
    await server.close();
    const failing = async () => {
      throw new Error('The store is away.');
    };
    server = await start({
      claim: async () => ({ kind: 'new', complete: failing, abandon: failing }),
    });
    expect((await post('/things', 'k8', '{"name":"a"}')).status).toBe(201);
    expect((await post('/things', 'k8', '{"name":"a","fail":true}')).status).toBe(409);
  });
});
