import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { request } from './listener-under-test.js';

const json = 'content-type: application/json';
const text = 'content-type: text/plain';

/** Handlers and errors that respond before reading a body, and successes that need none. */
const cases: [status: number, method: string, path: string, ...headers: string[]][] = [
  [404, 'POST', '/api/v1/nowhere', json],
  [404, 'POST', '/api/nowhere'],
  [405, 'PUT', '/api/v1/health', json],
  [401, 'POST', '/api/v1/dashboards', json],
  [413, 'POST', '/api/v1/auth/login', json],
  [415, 'POST', '/api/v1/auth/login', text],
  [415, 'POST', '/api/v1/auth/login', 'content-type: multipart/form-data; boundary=b'],
  [200, 'GET', '/api/v1/health', json],
  [204, 'OPTIONS', '/api/v1/health'],
  [404, 'POST', '/trpc/no.such', json],
  [405, 'POST', '/trpc/system.health', json],
  [401, 'POST', '/trpc/dashboards.create', json],
  [413, 'POST', '/trpc/auth.login', json],
  [415, 'POST', '/trpc/auth.login', text],
  [415, 'POST', '/trpc/auth.login', 'content-type: application/octet-stream'],
  [400, 'POST', `/trpc/${'a,'.repeat(20)}?batch=1`, json],
  [200, 'GET', '/trpc/system.meta'],
  [204, 'HEAD', '/trpc/system.meta'],
  [200, 'GET', '/api/v1/openapi.json'],
  [200, 'GET', '/docs'],
  [405, 'POST', '/docs', json],
  [200, 'GET', '/docs/assets/swagger-ui.css'],
  [200, 'GET', '/verify'],
  [405, 'POST', '/verify'],
  [200, 'GET', '/assets/account.js'],
  [200, 'GET', '/healthz'],
  [405, 'POST', '/healthz'],
  [200, 'GET', '/readyz'],
  [404, 'GET', '/metrics'],
  [200, 'GET', '/'],
  [404, 'POST', '/no/such/path'],
];

let server: ServerUnderTest;
/** Server sockets by client port. */
const accepted = new Map<number | undefined, Socket>();
const remember = (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('socket' in message)) return;
  if (message.socket instanceof Socket) accepted.set(message.socket.remotePort, message.socket);
};

beforeAll(async () => {
  server = await startServerUnderTest({ connectionLimits: { callMs: 1000, sweepMs: 100 } });
  subscribe('http.server.request.start', remember);
});
afterAll(async () => {
  unsubscribe('http.server.request.start', remember);
  await server.close();
});

/**
 * Sends data until the connection is closed. Returns the response, and the number of bytes read.
 */
function flood(head: string): Promise<{ answer: string; bytesRead: number | undefined }> {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
  const piece = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
  const send = () => {
    while (socket.writable && socket.write(piece));
  };
  let port: number | undefined;
  let answer = '';
  socket.on('connect', () => {
    port = socket.localPort;
    socket.write(head);
    send();
  });
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('drain', send).on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('close', () => resolve({ answer, bytesRead: accepted.get(port)?.bytesRead }));
  });
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);

// All cases of a table at once: each mostly waits.
it('an endless body is cut soon after the response, on every path', async () => {
  const results = cases.map(async ([_, method, path, ...headers]) => {
    const { answer, bytesRead = Number.POSITIVE_INFINITY } = await flood(
      request(method, path, 'transfer-encoding: chunked', ...headers),
    );
    const isEnded = /^connection: close\r$/im.test(answer) && bytesRead < 512 * 1024;
    return [statusOf(answer), method, path, ...headers, isEnded];
  });
  expect(await Promise.all(results)).toEqual(cases.map((row) => [...row, true]));
});

it('a body that never arrives is not waited for, read or unread', async () => {
  const rows: [status: number, path: string, header: string][] = [
    [408, '/api/v1/auth/login', json],
    [408, '/trpc/auth.login', json],
    [404, '/api/v1/nowhere', json],
    [404, '/trpc/no.such', json],
    [415, '/trpc/auth.login', text],
    [405, '/docs', json],
  ];
  const lengths = ['content-length: 1000', 'transfer-encoding: chunked'];
  const all = rows.flatMap((row) => lengths.map((length) => ({ row, length })));
  const results = all.map(async ({ row: [_, path, header], length }) => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
    socket.write(`${request('POST', path, header, length)}1`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return [path, length, statusOf(answer)];
  });
  expect(await Promise.all(results)).toEqual(
    all.map(({ row: [status, path], length }) => [path, length, status]),
  );
});
