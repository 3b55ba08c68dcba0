import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { send } from './testing/servers.js';
import { createWaitingServers } from './testing/waiting.js';

const { serve, closeAll } = createWaitingServers();
afterEach(closeAll);

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('at the deadline', () => {
  const deadlineMs = 60;

  test('a call gets 503 with Retry-After, and its signal aborts', async () => {
    const server = await serve({ deadlineMs });
    const abort = once(server.calls, 'abort');
    const response = await send(server, { path: 'wait' });
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(JSON.parse(response.body)).toMatchObject({
      error: {
        message: expect.stringContaining('0.06 s'),
        data: { code: 'SERVICE_UNAVAILABLE', path: 'wait' },
      },
    });
    await abort;
    await nextTurn();
    expect(server.errors).toEqual(['wait SERVICE_UNAVAILABLE']);
  });

  test('a late result is dropped', async () => {
    const server = await serve({ deadlineMs });
    expect((await send(server, { path: 'deaf' })).status).toBe(503);
    server.calls.emit('release');
    await nextTurn();
    expect((await send(server, { path: 'fast' })).status).toBe(200);
  });

  test('the finished calls of a batch keep their results', async () => {
    const server = await serve({ deadlineMs });
    const response = await send(server, { path: 'fast,wait,fast?batch=1' });
    expect(response.status).toBe(207);
    expect(JSON.parse(response.body)).toMatchObject([
      { result: { data: 'fast' } },
      { error: { data: { httpStatus: 503 } } },
      { result: {} },
    ]);
  });

  test('a pending context gets 503', async () => {
    const server = await serve({ deadlineMs, createContext: () => new Promise(() => undefined) });
    expect((await send(server, { path: 'fast' })).status).toBe(503);
  });

  test('a body that does not arrive gets 408', async () => {
    const server = await serve({ deadlineMs });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /trpc/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":',
    );
    const [response] = await once(socket, 'data');
    expect(String(response)).toMatch(/^HTTP\/1.1 408 /);
    socket.destroy();
  });

  test('a call in a streamed batch fails too, and its signal aborts', async () => {
    const server = await serve({ deadlineMs });
    const abort = once(server.calls, 'abort');
    const response = await send(server, {
      path: 'wait,fast?batch=1',
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    expect(response.body).toContain('SERVICE_UNAVAILABLE');
    expect(response.body).toContain('"fast"');
    await abort;
  });

  test('a subscription continues', async () => {
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

  test('there is none if it is 0', async () => {
    const server = await serve({ deadlineMs: 0 });
    const start = once(server.calls, 'start');
    const response = send(server, { path: 'deaf' });
    await start;
    server.calls.emit('release');
    expect((await response).status).toBe(200);
  });
});
