import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, { type Express } from 'express';
import { afterEach, expect, test } from 'vitest';
import { createRpcHandler } from './handler.js';
import { createDemoRouter } from './testing/demo-router.js';
import { comparablePartsOf, demoLimits, type Listening, listen, send } from './testing/servers.js';

const listening: Listening[] = [];
const serve = async (app: Express) => {
  const server = await listen(app);
  listening.push(server);
  return server;
};
afterEach(() => Promise.all(listening.splice(0).map((server) => server.close())));

const handler = createRpcHandler({
  ...demoLimits,
  router: createDemoRouter(),
  createContext: ({ req, res, signal }) => ({ req, res, signal }),
});
const json = { 'content-type': 'application/json' };

test('mounted below its base path, it responds as tRPC’s adapter does', async () => {
  const adapterHandler = createExpressMiddleware({
    router: createDemoRouter(),
    createContext: ({ req, res, info }) => ({ req, res, signal: info.signal }),
  });
  const [actualServer, adapterServer] = [
    await serve(express().use('/trpc', handler)),
    await serve(express().use('/trpc', adapterHandler)),
  ];
  for (const sent of [
    { path: 'ping' },
    { path: 'echo?input=1' },
    { path: 'ping,echo?batch=1&input=%7B%221%22:2%7D' },
    { path: 'no.such' },
    { path: 'ticks?input=%7B%22to%22:1%7D' },
    { path: 'ping', method: 'HEAD' },
    { path: 'add', method: 'POST', headers: json, body: '{"id":1}' },
    { path: 'touch', method: 'POST' },
  ]) {
    expect(comparablePartsOf(await send(actualServer, sent))).toEqual(
      comparablePartsOf(await send(adapterServer, sent)),
    );
  }
});

test('used without a mount, it passes on requests outside its base path', async () => {
  const app = express().use(handler);
  app.get('/other', (_req, res) => void res.send('other'));
  const server = await serve(app);
  expect(await (await fetch(`http://127.0.0.1:${server.port}/other`)).text()).toBe('other');
  expect((await send(server, { path: 'ping' })).status).toBe(200);
});

test('on a bare server, a request outside its base path is 404', async () => {
  const server = await listen((req, res) => handler(req, res));
  listening.push(server);
  expect((await fetch(`http://127.0.0.1:${server.port}/other`)).status).toBe(404);
});

test('a body that middleware has parsed is used', async () => {
  const server = await serve(express().use(express.json(), express.text()).use('/trpc', handler));
  const response = await send(server, {
    method: 'POST',
    path: 'add',
    headers: json,
    body: '{"id":1,"text":"ü"}',
  });
  expect([response.status, Buffer.from(response.body, 'latin1').toString()]).toEqual([
    200,
    '{"result":{"data":{"id":1,"text":"ü"}}}',
  ]);
});

test.each(['ping', 'no.such', 'ticks?input=%7B%22to%22:1%7D', 'ping?connectionParams=null', '%zz'])(
  'earlier values of Vary are kept for %s',
  async (path) => {
    const app = express().use((_req, res, next) => {
      res.vary('Origin');
      next();
    });
    const server = await serve(app.use('/trpc', handler));
    const { headers } = await send(server, { path });
    expect(headers.vary?.split(', ').sort()).toEqual(['Origin', 'accept', 'trpc-accept']);
  },
);
