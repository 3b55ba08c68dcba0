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

  test('a call is answered 503 with Retry-After, and its signal aborted', async () => {
    const server = await serve({ deadlineMs });
    const abort = once(server.calls, 'abort');
    const answer = await send(server, { path: 'wait' });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(JSON.parse(answer.body)).toMatchObject({
      error: {
        message: expect.stringContaining('0.06 s'),
        data: { code: 'SERVICE_UNAVAILABLE', path: 'wait' },
      },
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
    socket.write(
      'POST /trpc/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":',
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 408 /);
    socket.destroy();
  });

  test('a call in a streamed batch fails too, and its signal is aborted', async () => {
    const server = await serve({ deadlineMs });
    const abort = once(server.calls, 'abort');
    const answer = await send(server, {
      path: 'wait,fast?batch=1',
      headers: { 'trpc-accept': 'application/jsonl' },
    });
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
