import { request } from 'node:http';
import { initTRPC } from '@trpc/server';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createRestHandler } from './handler.js';
import type { RestMeta } from './meta.js';
import { listen } from './testing/serve.js';

let aborted: Promise<void>;
const t = initTRPC.meta<RestMeta>().create();
const router = t.router({
  slow: t.procedure
    .meta({ openapi: { method: 'GET', path: '/slow' } })
    .output(z.object({}))
    .query(({ signal }) => {
      aborted = new Promise((resolve) =>
        signal?.addEventListener('abort', () => resolve(), { once: true }),
      );
      return new Promise(() => {});
    }),
  take: t.procedure
    .meta({ openapi: { method: 'POST', path: '/take' } })
    .input(z.object({ name: z.string() }))
    .output(z.object({}))
    .mutation(() => ({})),
});

let close = async () => {};
afterEach(() => close());

async function serve() {
  const server = await listen(
    createRestHandler({ router, createContext: () => ({}), deadlineMs: 50 }),
  );
  close = server.close;
  return server.url;
}

test('a call that takes too long gets 503, and its signal aborts', async () => {
  const response = await fetch(`${await serve()}/slow`);
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({
    code: 'service_unavailable',
    detail: expect.stringContaining('try again later'),
  });
  await aborted;
});

test('a client that does not send its body gets 408', async () => {
  const url = new URL('/take', await serve());
  const status = await new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '20' } },
      (res) => {
        resolve(res.statusCode);
        sending.destroy();
      },
    );
    sending.on('error', reject);
    sending.write('{"name":');
  });
  expect(status).toBe(408);
});
