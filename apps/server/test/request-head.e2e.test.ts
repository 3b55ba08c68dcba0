import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readToEnd } from './connections/listener-under-test.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
});
afterAll(() => server.close());

/**
 * Sends raw bytes over a new connection, and reads until the server closes it.
 */
async function exchange(
  head: string,
  body = '',
): Promise<{ status: number; head: string; body: string }> {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
  // The server may reset the connection when it rejects a request without reading all of it.
  socket.on('error', () => undefined);
  socket.write(`${head}\r\n\r\n${body}`);
  const [first = '', ...rest] = (await readToEnd(socket)).split('\r\n\r\n');
  return { status: Number(first.split(' ')[1]), head: first, body: rest.join('\r\n\r\n') };
}

const closing = 'Connection: close';

describe('a target in absolute form is served as its path, over every transport:', () => {
  it.each([
    ['http://localhost/api/v1/health', '"status"'],
    ['HTTP://synap.example:8080/api/v1/health?', '"status"'],
    ['https://[::1]/api/v1/health', '"status"'],
    ['http://localhost/trpc/system.health', '"result"'],
    ['http://localhost/trpc/system.health?batch=1', '[{"result"'],
    ['http://localhost/healthz', 'ok\n'],
    ['http://localhost/readyz', 'ready\n'],
    ['http://localhost/api/v1/openapi.json', '"openapi"'],
    ['http://localhost', '"links"'],
    ['http://localhost?a=b', '"links"'],
  ])('%s', async (target, text) => {
    const answer = await exchange(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n${closing}`);
    expect(answer.body).toContain(text);
  });

  it('its host replaces the Host header', async () => {
    const login = (target: string, host: string) =>
      exchange(
        `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n${closing}`,
        '{}',
      );
    expect((await login('/api/v1/auth/login', 'evil.example')).status).toBe(415);
    expect((await login('http://localhost/api/v1/auth/login', 'evil.example')).status).toBe(403);
  });
});

describe('a request that is malformed gets 400, a problem and the end of its connection:', () => {
  const host = 'Host: localhost';
  const many = 'a:\r\n'.repeat(2500);
  it.each([
    ['no Host', 'GET /api/v1/health HTTP/1.1'],
    ['no Host over RPC', 'GET /trpc/system.health HTTP/1.1'],
    ['no Host for the liveness probe', 'GET /healthz HTTP/1.1'],
    ['no Host with an absolute form', 'GET http://localhost/api/v1/health HTTP/1.1'],
    ['an empty Host', 'GET /api/v1/health HTTP/1.1\r\nHost:'],
    ['a Host with a space', 'GET /api/v1/health HTTP/1.1\r\nHost: a b'],
    ['a Host with a path', 'GET /api/v1/health HTTP/1.1\r\nHost: a/b'],
    ['a Host with userinfo', 'GET /api/v1/health HTTP/1.1\r\nHost: user@a'],
    ['a Host with two ports', 'GET /api/v1/health HTTP/1.1\r\nHost: a:1:2'],
    ['a Host that is a list', 'GET /api/v1/health HTTP/1.1\r\nHost: a, b'],
    ['a Host with an open bracket', 'GET /api/v1/health HTTP/1.1\r\nHost: [::1'],
    ['a Host with a port past the last', 'GET /api/v1/health HTTP/1.1\r\nHost: a:65536'],
    ['a Host that is not percent-encoded well', 'GET /api/v1/health HTTP/1.1\r\nHost: a%zz'],
    ['two Hosts', `GET /api/v1/health HTTP/1.1\r\n${host}\r\nhost: other`],
    ['the same Host twice', `GET /api/v1/health HTTP/1.1\r\n${host}\r\n${host}`],
    [
      'two Hosts with 2500 headers between them',
      `GET /api/v1/health HTTP/1.1\r\n${host}\r\n${many}host: other`,
    ],
    [
      'two transfer codings behind 2500 headers',
      `POST /api/v1/auth/login HTTP/1.1\r\n${host}\r\n${many}Transfer-Encoding: gzip, chunked`,
    ],
    ['two Hosts with HTTP/1.0', `GET /api/v1/health HTTP/1.0\r\n${host}\r\n${host}`],
    ['an asterisk', `GET * HTTP/1.1\r\n${host}`],
    ['another scheme', `GET ftp://localhost/api/v1/health HTTP/1.1\r\n${host}`],
    [
      'a target with a port past the last',
      `GET http://localhost:99999/healthz HTTP/1.1\r\n${host}`,
    ],
    [
      'two transfer codings',
      `POST /api/v1/auth/login HTTP/1.1\r\n${host}\r\nTransfer-Encoding: gzip, chunked`,
    ],
    [
      'two transfer codings over RPC',
      `POST /trpc/auth.login HTTP/1.1\r\n${host}\r\nTransfer-Encoding: gzip, chunked`,
    ],
    [
      'two headers of transfer codings',
      `GET /healthz HTTP/1.1\r\n${host}\r\nTransfer-Encoding: br\r\nTransfer-Encoding: chunked`,
    ],
    [
      'a transfer coding with HTTP/1.0',
      `POST /api/v1/auth/login HTTP/1.0\r\n${host}\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked`,
    ],
    ['a target with userinfo', `GET http://a@localhost/api/v1/health HTTP/1.1\r\n${host}`],
  ])('%s', async (_what, head) => {
    const answer = await exchange(head, head.includes('Transfer-Encoding') ? '0\r\n\r\n' : '');
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.stringContaining('"code":"bad_request"'),
    ]);
    expect(answer.head).toMatch(/\r\nconnection: close/i);
    expect(answer.head).toMatch(/\r\nx-request-id: /i);
  });
});

describe('a request is served', () => {
  it.each([
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1:',
    '[::1]:8080',
    'a_b.example',
    'xn--bcher-kva.example',
    'a%20b',
    'a:65535',
  ])('with the Host %s', async (name) => {
    expect(
      (await exchange(`GET /api/v1/health HTTP/1.1\r\nHost: ${name}\r\n${closing}`)).status,
    ).toBe(200);
  });

  it.each(['chunked', 'Chunked'])('with a body in the transfer coding %s', async (coding) => {
    const head = `POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n${closing}\r\nTransfer-Encoding: ${coding}`;
    expect((await exchange(head, '0\r\n\r\n')).status).toBe(400);
    expect(
      (await exchange(`${head}\r\nContent-Type: text/plain`, '2\r\n{}\r\n0\r\n\r\n')).status,
    ).toBe(415);
  });

  it('whose Host is behind 2500 other headers', async () => {
    const head = `GET /api/v1/health HTTP/1.1\r\n${'a:\r\n'.repeat(2500)}Host: localhost\r\n${closing}`;
    expect((await exchange(head)).status).toBe(200);
  });

  it('of HTTP/1.0 without a Host', async () => {
    expect((await exchange('GET /api/v1/health HTTP/1.0')).status).toBe(200);
  });

  it('with OPTIONS * for the whole server', async () => {
    expect((await exchange(`OPTIONS * HTTP/1.1\r\nHost: localhost\r\n${closing}`)).status).toBe(
      204,
    );
  });

  it('with an Upgrade to another protocol', async () => {
    const head =
      'GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket';
    expect((await exchange(head)).status).toBe(200);
  });
});
