import { initTRPC } from '@trpc/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createRestHandler } from './handler.js';
import type { RestMeta } from './meta.js';
import type { RestHandlerOptions } from './options.js';
import { listen, send } from './testing/serve.js';

const t = initTRPC.meta<RestMeta>().create();
const router = t.router({
  fail: t.procedure
    .meta({ openapi: { method: 'POST', path: '/fail' } })
    .output(z.object({}))
    .mutation(() => {
      throw new Error('The procedure failed.');
    }),
  hang: t.procedure
    .meta({ openapi: { method: 'GET', path: '/hang' } })
    .output(z.object({}))
    .query(() => new Promise<never>(() => {})),
});

const fail = () => {
  throw new Error('The hook failed.');
};
const serverError = { status: 500, code: 'internal_server_error' };

describe('a hook that throws, without next', () => {
  let close = async () => {};
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  afterEach(async () => {
    warn.mockClear();
    await close();
  });

  async function start(options: Partial<RestHandlerOptions<typeof router>>) {
    const rest = createRestHandler({
      router,
      createContext: () => ({}),
      deadlineMs: 50,
      ...options,
    });
    const server = await listen((req, res) => rest(req, res));
    close = server.close;
    return server.url;
  }

  const post = async (url: string, path: string, headers: Record<string, string> = {}) => {
    const { status, body } = await send(url, path, { method: 'POST', headers });
    return { sent: status, problem: JSON.parse(body) };
  };

  it('does not change the response if it is onError', async () => {
    const url = await start({ onError: fail });
    expect(await post(url, '/fail')).toMatchObject({ sent: 500, problem: serverError });
    expect((await post(url, '/unknown')).sent).toBe(404);
    expect((await send(url, '/hang')).status).toBe(503);
    expect(warn).toHaveBeenCalledTimes(3);
    expect(String(warn.mock.calls[0]?.[0])).toContain('The hook failed.');
  });

  it('does not change the response if a failing store is reported to it', async () => {
    const failing = async () => fail();
    const url = await start({
      onError: fail,
      idempotency: { claim: async () => ({ kind: 'new', complete: failing, abandon: failing }) },
    });
    const response = await post(url, '/fail', { 'idempotency-key': 'k' });
    expect(response).toMatchObject({ sent: 500, problem: serverError });
  });

  it('gets 500 and a report of both errors if it is readProblemSource', async () => {
    const reported: string[] = [];
    const url = await start({
      readProblemSource: fail,
      onError: ({ error }) => reported.push(error.message),
    });
    expect(await post(url, '/fail')).toMatchObject({ sent: 500, problem: serverError });
    expect(reported.sort()).toEqual(['The hook failed.', 'The procedure failed.']);
    expect((await send(url, '/hang')).status).toBe(500);
  });

  it('gets 500 and a warning if it is requestId', async () => {
    const url = await start({ requestId: fail });
    for (const path of ['/fail', '/unknown'])
      expect(await post(url, path)).toMatchObject({ sent: 500, problem: serverError });
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
