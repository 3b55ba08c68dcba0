import { once } from 'node:events';
import { connect } from 'node:net';
import { TRPCError } from '@trpc/server';
import { afterEach, describe, expect, test } from 'vitest';
import { send } from './testing/servers.js';
import { serveWaiting, type Waiting } from './testing/waiting.js';

const servers: Waiting[] = [];
const serve = async (options: Parameters<typeof serveWaiting>[0] = {}) => {
  const server = await serveWaiting(options);
  servers.push(server);
  return server;
};
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

const json = { 'content-type': 'application/json' };
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a client that goes away', () => {
  test.each([
    ['a query', 'GET /trpc/wait HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a batch', 'GET /trpc/wait,fast?batch=1 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a mutation', 'POST /trpc/change HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'],
    ['a subscription', 'GET /trpc/watch HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a streamed batch', 'GET /trpc/wait?batch=1 HTTP/1.1\r\nhost: x\r\ntrpc-accept: application/jsonl\r\n\r\n'],
  ])('aborts the signal of %s, and nobody is told of an error', async (_name, text) => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const start = once(server.calls, 'start');
    socket.write(text);
    await start;
    const abort = once(server.calls, 'abort');
    socket.destroy();
    await abort;
    await nextTurn();
    expect(server.errors).toEqual([]);
  });

  test('aborts the signal that the context was given', async () => {
    let given: AbortSignal | undefined;
    const server = await serve({
      createContext: ({ signal }) => {
        given = signal;
        return {};
      },
    });
    const start = once(server.calls, 'start');
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /trpc/deaf HTTP/1.1\r\nhost: x\r\n\r\n');
    await start;
    expect(given?.aborted).toBe(false);
    socket.destroy();
    if (given && !given.aborted) await once(given, 'abort');
    expect(given?.aborted).toBe(true);
  });

  test('aborts a signal that is asked for only afterwards', async () => {
    const gates: (() => void)[] = [];
    const server = await serve({ createContext: () => new Promise((resolve) => gates.push(() => resolve({}))) });
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    const request = once(server.server, 'request');
    socket.write('GET /trpc/wait HTTP/1.1\r\nhost: x\r\n\r\n');
    const [, outgoing] = await request;
    const abort = once(server.calls, 'abort');
    socket.destroy();
    await once(outgoing, 'close');
    for (const open of gates) open();
    await abort;
  });

  test('in the middle of its body leaves nothing behind', async () => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    const request = once(server.server, 'request');
    socket.write('POST /trpc/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":');
    const [incoming] = await request;
    const closed = new Promise((resolve) => incoming.on('close', resolve));
    socket.destroy();
    await closed;
    await nextTurn();
    expect(server.errors).toEqual([]);
  });

  test('does not abort what has been answered', async () => {
    const signals: AbortSignal[] = [];
    const server = await serve({
      createContext: ({ signal }) => {
        signals.push(signal);
        return {};
      },
    });
    expect((await send(server, { path: 'fast' })).status).toBe(200);
    await nextTurn();
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
  });
});

describe('at the deadline', () => {
  const deadlineMs = 60;

  test('a call is answered 503 with Retry-After, and its signal aborted', async () => {
    const server = await serve({ deadlineMs });
    const abort = once(server.calls, 'abort');
    const answer = await send(server, { path: 'wait' });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { message: expect.stringContaining('0.06 s'), data: { code: 'SERVICE_UNAVAILABLE', path: 'wait' } },
    });
    await abort;
    await nextTurn();
    expect(server.errors).toEqual(['wait SERVICE_UNAVAILABLE']);
  });

  test('what a call gives later is dropped', async () => {
    const server = await serve({ deadlineMs });
    expect((await send(server, { path: 'deaf' })).status).toBe(503);
    server.calls.emit('release');
    await nextTurn();
    expect((await send(server, { path: 'fast' })).status).toBe(200);
  });

  test('the calls of a batch that are done keep their results', async () => {
    const server = await serve({ deadlineMs });
    const answer = await send(server, { path: 'fast,wait,fast?batch=1' });
    expect(answer.status).toBe(207);
    expect(JSON.parse(answer.body)).toMatchObject([
      { result: { data: 'fast' } },
      { error: { data: { httpStatus: 503 } } },
      { result: {} },
    ]);
  });

  test('a context that is not made is answered 503', async () => {
    const server = await serve({ deadlineMs, createContext: () => new Promise(() => undefined) });
    expect((await send(server, { path: 'fast' })).status).toBe(503);
  });

  test('a body that does not come is answered 408', async () => {
    const server = await serve({ deadlineMs });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST /trpc/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 408 /);
    socket.destroy();
  });

  test('a call in a streamed batch fails too, and its signal is aborted', async () => {
    const server = await serve({ deadlineMs });
    const abort = once(server.calls, 'abort');
    const answer = await send(server, { path: 'wait,fast?batch=1', headers: { 'trpc-accept': 'application/jsonl' } });
    expect(answer.body).toContain('SERVICE_UNAVAILABLE');
    expect(answer.body).toContain('"fast"');
    await abort;
  });

  test('a subscription goes on', async () => {
    const server = await serve({ deadlineMs });
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    let ended = false;
    server.calls.once('abort', () => {
      ended = true;
    });
    const start = once(server.calls, 'start');
    socket.write('GET /trpc/watch HTTP/1.1\r\nhost: x\r\n\r\n');
    await start;
    expect((await send(server, { path: 'wait' })).status).toBe(503);
    expect([ended, text.includes('SERVICE_UNAVAILABLE')]).toEqual([true, false]);
    socket.destroy();
  });

  test('there is none where it is 0', async () => {
    const server = await serve({ deadlineMs: 0 });
    const start = once(server.calls, 'start');
    const answer = send(server, { path: 'deaf' });
    await start;
    server.calls.emit('release');
    expect((await answer).status).toBe(200);
  });
});

describe('on one connection', () => {
  test('pipelined requests are answered in their order', async () => {
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

  test('a body that nobody read does not spoil the next request', async () => {
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
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['415', '405', '200']);
  });
});

describe('hooks', () => {
  test('a context for refusals gives their errors what the formatter needs', async () => {
    const server = await serve({ refusalContext: ({ req }) => ({ requestId: String(req.headers['x-request-id']) }) });
    const headers = { 'x-request-id': 'r1' };
    for (const sent of [
      { path: 'fast', method: 'POST', headers },
      { path: `${','.repeat(20)}?batch=1`, headers },
    ]) {
      expect(JSON.parse((await send(server, sent)).body)).toMatchObject({ error: { data: { requestId: 'r1' } } });
    }
  });

  test('an onError that throws does not keep the client from its answer', async () => {
    const warnings: unknown[] = [];
    const remember = (warning: Error) => warnings.push(warning.message);
    process.on('warning', remember);
    const server = await serve({
      onError: () => {
        throw new Error('hook');
      },
    });
    for (const path of ['no.such', 'no.such?batch=1', '%zz']) expect((await send(server, { path })).body).toContain('"error"');
    await nextTurn();
    process.off('warning', remember);
    expect(warnings).toContainEqual(expect.stringContaining('hook'));
  });

  test('the context is told which procedures are called, before any input is read', async () => {
    const seen: unknown[] = [];
    const server = await serve({
      createContext: ({ calls, req }) => {
        seen.push([calls.map(({ path, type }) => `${type} ${path}`).join(), req.readableFlowing]);
        return {};
      },
    });
    await send(server, { path: 'fast,no.such?batch=1' });
    await send(server, { path: 'fast,no.such?batch=1', headers: { 'trpc-accept': 'application/jsonl' } });
    await send(server, { method: 'POST', path: 'echo', headers: json, body: '1' });
    expect(seen).toEqual([
      ['query fast,unknown no.such', null],
      ['query fast,unknown no.such', null],
      ['mutation echo', null],
    ]);
  });

  test('an answer that a procedure’s context has sent by itself is left alone', async () => {
    const server = await serve({
      createContext: ({ res }) => {
        res.writeHead(302, { location: '/' }).end();
        throw new TRPCError({ code: 'UNAUTHORIZED' });
      },
    });
    expect((await send(server, { path: 'fast' })).status).toBe(302);
  });

  test('a serializer writes what it knows', async () => {
    const serialize = (path: string, output: unknown) => (path === 'fast' ? `{"written":${JSON.stringify(output)}}` : undefined);
    const server = await serve({ serialize });
    expect((await send(server, { path: 'fast' })).body).toBe('{"result":{"data":{"written":"fast"}}}');
    expect((await send(server, { path: 'fast,aborted?batch=1' })).body).toBe(
      '[{"result":{"data":{"written":"fast"}}},{"result":{"data":false}}]',
    );
  });
});
