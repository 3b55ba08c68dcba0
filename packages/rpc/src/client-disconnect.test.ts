import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { send } from './testing/servers.js';
import { createWaitingServers } from './testing/waiting.js';

const { serve, closeAll } = createWaitingServers();
afterEach(closeAll);

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a client that disconnects', () => {
  test.each([
    ['a query', 'GET /trpc/wait HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a batch', 'GET /trpc/wait,fast?batch=1 HTTP/1.1\r\nhost: x\r\n\r\n'],
    [
      'a mutation',
      'POST /trpc/change HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
    ],
    ['a subscription', 'GET /trpc/watch HTTP/1.1\r\nhost: x\r\n\r\n'],
    [
      'a streamed batch',
      'GET /trpc/wait?batch=1 HTTP/1.1\r\nhost: x\r\ntrpc-accept: application/jsonl\r\n\r\n',
    ],
  ])('aborts the signal of %s, and reports no error', async (_name, text) => {
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

  test('aborts the signal of the context', async () => {
    let contextSignal: AbortSignal | undefined;
    const server = await serve({
      createContext: ({ signal }) => {
        contextSignal = signal;
        return {};
      },
    });
    const start = once(server.calls, 'start');
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /trpc/deaf HTTP/1.1\r\nhost: x\r\n\r\n');
    await start;
    expect(contextSignal?.aborted).toBe(false);
    socket.destroy();
    if (contextSignal && !contextSignal.aborted) await once(contextSignal, 'abort');
    expect(contextSignal?.aborted).toBe(true);
  });

  test('aborts a signal that is first accessed later', async () => {
    const gates: (() => void)[] = [];
    const server = await serve({
      createContext: () => new Promise((resolve) => gates.push(() => resolve({}))),
    });
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

  test('in the middle of its body leaks nothing', async () => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    const request = once(server.server, 'request');
    socket.write(
      'POST /trpc/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":',
    );
    const [incoming] = await request;
    const closed = new Promise((resolve) => incoming.on('close', resolve));
    socket.destroy();
    await closed;
    await nextTurn();
    expect(server.errors).toEqual([]);
  });

  test('does not abort a call after its response', async () => {
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
