import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, { type Express } from 'express';
import { afterEach, expect, test } from 'vitest';
import { createRpcHandler } from './handler.js';
import { createDemoRouter } from './testing/demo-router.js';
import { demoLimits, essenceOf, type Listening, listen, send } from './testing/servers.js';

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

test('mounted below its base path, it answers as tRPC’s adapter does', async () => {
  const theirs = createExpressMiddleware({
    router: createDemoRouter(),
    createContext: ({ req, res, info }) => ({ req, res, signal: info.signal }),
  });
  const [ours, wanted] = [
    await serve(express().use('/trpc', handler)),
    await serve(express().use('/trpc', theirs)),
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
    expect(essenceOf(await send(ours, sent))).toEqual(essenceOf(await send(wanted, sent)));
  }
});

test('used without a mount, it hands on what is not below its base path', async () => {
  const app = express().use(handler);
  app.get('/other', (_req, res) => void res.send('other'));
  const server = await serve(app);
  expect(await (await fetch(`http://127.0.0.1:${server.port}/other`)).text()).toBe('other');
  expect((await send(server, { path: 'ping' })).status).toBe(200);
});

test('on a bare server, what is not below its base path is 404', async () => {
  const server = await listen((req, res) => handler(req, res));
  listening.push(server);
  expect((await fetch(`http://127.0.0.1:${server.port}/other`)).status).toBe(404);
});

test('a body that middleware has parsed is taken from it', async () => {
  const server = await serve(express().use(express.json(), express.text()).use('/trpc', handler));
  const answer = await send(server, {
    method: 'POST',
    path: 'add',
    headers: json,
    body: '{"id":1,"text":"ü"}',
  });
  expect([answer.status, Buffer.from(answer.body, 'latin1').toString()]).toEqual([
    200,
    '{"result":{"data":{"id":1,"text":"ü"}}}',
  ]);
});

test.each(['ping', 'no.such', 'ticks?input=%7B%22to%22:1%7D', 'ping?connectionParams=null', '%zz'])(
  'what others say in Vary before is kept for %s',
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
