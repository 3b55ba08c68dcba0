import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { demoRouter, echoInput } from './testing/demo-router.js';
import { createDemoHandler, listen, send } from './testing/serve.js';

describe('inside an Express application', () => {
  let close = async () => {};
  afterEach(() => close());

  async function start(configure: (app: express.Express) => void) {
    const app = express();
    configure(app);
    const server = await listen(app);
    close = server.close;
    return server.url;
  }

  it('works below a mount path, with the whole path as base path', async () => {
    const url = await start((app) => app.use('/api/v1', createDemoHandler([])));
    expect(JSON.parse((await send(url, '/api/v1/users/you')).body)).toEqual({ who: 'you' });
    expect(JSON.parse((await send(url, '/api/v1/nowhere?secret=1')).body).instance).toBe(
      '/api/v1/nowhere',
    );
  });

  it('works behind body parsers, and is as strict', async () => {
    const url = await start((app) => {
      app.use(express.json(), express.urlencoded({ extended: true }), createDemoHandler([]));
    });
    const post = (path: string, body: string, type: string) =>
      send(url, `/api/v1${path}`, { method: 'POST', headers: { 'content-type': type }, body });
    const form = 'application/x-www-form-urlencoded';
    expect(
      (await post('/echo', '{"text":"a","at":"2026-01-31T12:00:00Z"}', 'application/json')).status,
    ).toBe(200);
    expect((await post('/echo', '{"flag":"false"}', 'application/json')).status).toBe(400);
    expect((await post('/echo', 'text=a', form)).status).toBe(415);
    expect(JSON.parse((await post('/answers/form', 'username=a&n=2', form)).body)).toEqual({
      username: 'a',
      n: 2,
    });
    expect((await post('/answers/form', 'username=a&username=b', form)).status).toBe(400);
  });

  it('can pass unknown paths on', async () => {
    const url = await start((app) => {
      app.use(createDemoHandler([], { unknownPath: 'next' }));
      app.get('/api/v1/openapi.json', (_req, res) => void res.json({ openapi: '3.1.0' }));
    });
    expect((await send(url, '/api/v1/openapi.json')).status).toBe(200);
    expect((await send(url, '/api/v1/users/x', { method: 'PATCH' })).status).toBe(405);
  });

  it('does not change what RPC accepts, after any number of REST calls', async () => {
    const url = await start((app) => app.use(createDemoHandler([])));
    const caller = demoRouter.createCaller({ user: undefined });
    for (let count = 0; count < 20; count += 1) {
      await send(
        url,
        '/api/v1/echo?flag=false&n=1&at=2026-01-31T12:00:00Z&big=1&tags=a&filter[min]=1&maybe=null',
      );
    }
    for (const wrong of [
      { flag: 'false' },
      { n: '1' },
      { maybe: '1' },
      { at: '2026-01-31T12:00:00Z' },
      { big: '1' },
      { tags: 'a' },
    ]) {
      expect(echoInput.safeParse(wrong).success).toBe(false);
      await expect(caller.echo.query(JSON.parse(JSON.stringify(wrong)))).rejects.toThrow();
      await expect(caller.hidden(JSON.parse(JSON.stringify(wrong)))).rejects.toThrow();
    }
  });
});

describe('without Express', () => {
  it('responds with 404 outside the base path', async () => {
    const server = await listen(createDemoHandler([]));
    expect((await send(server.url, '/elsewhere')).status).toBe(404);
    await server.close();
  });
});
