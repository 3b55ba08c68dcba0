import { once } from 'node:events';
import { connect } from 'node:net';
import { TRPCError } from '@trpc/server';
import { afterEach, describe, expect, test } from 'vitest';
import { send } from './testing/servers.js';
import { createWaitingServers } from './testing/waiting.js';

const { serve, closeAll } = createWaitingServers();
afterEach(closeAll);

const json = { 'content-type': 'application/json' };
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('on one connection', () => {
  test('pipelined requests get their responses in order', async () => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1');
    const body = '{"n":1}';
    const mutation = `POST /trpc/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const get = (path: string, more = '') => `GET /trpc/${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    const start = once(server.calls, 'start');
    socket.write(get('deaf') + mutation + get('no.such') + get('fast', 'connection: close\r\n'));
    await start;
    server.calls.emit('release');
    await once(socket, 'close');
    expect([...text.matchAll(/"late"|"n":1|NOT_FOUND|"fast"/g)].map(([found]) => found)).toEqual([
      '"late"',
      '"n":1',
      'NOT_FOUND',
      '"fast"',
    ]);
  });

  test('an unread body does not corrupt the next request', async () => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    const post = (type: string) =>
      `POST /trpc/fast HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 7\r\n\r\n{"a":1}`;
    socket.write(
      `${post('text/plain')}${post('application/json')}GET /trpc/fast HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    await once(socket, 'close');
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '415',
      '405',
      '200',
    ]);
  });
});

test.each([
  ['a query', 'fast', 'GET'],
  ['a mutation', 'echo', 'POST'],
  ['a query in a batch', 'fast?batch=1', 'GET'],
])(
  'TRACE, which Web Request does not support, of %s is 405 and names the allowed method',
  async (_what, path, allow) => {
    const server = await serve();
    for (const accept of ['*/*', 'application/jsonl']) {
      const response = await send(server, { method: 'TRACE', path, headers: { ...json, accept } });
      expect([response.status, response.headers.allow]).toEqual([405, allow]);
    }
    for (const type of ['multipart/form-data; boundary=b', 'application/octet-stream']) {
      const response = await send(server, {
        method: 'TRACE',
        path: 'fast',
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(405);
    }
    expect((await send(server, { method: 'TRACE', path })).status).toBe(415);
  },
);

describe('hooks', () => {
  test('a refusal context provides what the formatter needs', async () => {
    const server = await serve({
      refusalContext: ({ req }) => ({ requestId: String(req.headers['x-request-id']) }),
    });
    const headers = { 'x-request-id': 'r1' };
    for (const sent of [
      { path: 'fast', method: 'POST', headers },
      { path: `${','.repeat(20)}?batch=1`, headers },
    ]) {
      expect(JSON.parse((await send(server, sent)).body)).toMatchObject({
        error: { data: { requestId: 'r1' } },
      });
    }
  });

  test('the client gets its response even if onError throws', async () => {
    const warnings: unknown[] = [];
    const remember = (warning: Error) => warnings.push(warning.message);
    process.on('warning', remember);
    const server = await serve({
      onError: () => {
        throw new Error('hook');
      },
    });
    for (const path of ['no.such', 'no.such?batch=1', '%zz'])
      expect((await send(server, { path })).body).toContain('"error"');
    await nextTurn();
    process.off('warning', remember);
    expect(warnings).toContainEqual(expect.stringContaining('hook'));
  });

  test('the context receives the called procedures, before any input is read', async () => {
    const seen: unknown[] = [];
    const server = await serve({
      createContext: ({ calls, req }) => {
        seen.push([calls.map(({ path, type }) => `${type} ${path}`).join(), req.readableFlowing]);
        return {};
      },
    });
    await send(server, { path: 'fast,no.such?batch=1' });
    await send(server, {
      path: 'fast,no.such?batch=1',
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    await send(server, { method: 'POST', path: 'echo', headers: json, body: '1' });
    expect(seen).toEqual([
      ['query fast,unknown no.such', null],
      ['query fast,unknown no.such', null],
      ['mutation echo', null],
    ]);
  });

  test('a response that the context has already sent is left unchanged', async () => {
    const server = await serve({
      createContext: ({ res }) => {
        res.writeHead(302, { location: '/' }).end();
        throw new TRPCError({ code: 'UNAUTHORIZED' });
      },
    });
    expect((await send(server, { path: 'fast' })).status).toBe(302);
  });

  test('a serializer writes the outputs that it supports', async () => {
    const serialize = (path: string, output: unknown) =>
      path === 'fast' ? `{"written":${JSON.stringify(output)}}` : undefined;
    const server = await serve({ serialize });
    expect((await send(server, { path: 'fast' })).body).toBe(
      '{"result":{"data":{"written":"fast"}}}',
    );
    expect((await send(server, { path: 'fast,aborted?batch=1' })).body).toBe(
      '[{"result":{"data":{"written":"fast"}}},{"result":{"data":false}}]',
    );
  });
});
