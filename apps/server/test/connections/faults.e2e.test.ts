import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { closeListeners, get, readToEnd, request, startListener } from './listener-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    variables: { SYNAP_ROLE: 'server', CORS_ORIGINS: 'https://app.example' },
    connectionLimits: { headersMs: 500, sweepMs: 50 },
  });
});
afterAll(() => server.close());
afterEach(closeListeners);

/** Sends bytes over a new connection and reads until the server closes it. */
async function exchange(...packets: string[]): Promise<string> {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
  const received = readToEnd(socket);
  for (const packet of packets) if (!socket.write(packet)) await once(socket, 'drain');
  return received;
}

/** Splits received text into responses; throws if text remains. */
function responsesIn(text: string) {
  const responses: { status: number; head: string; body: string }[] = [];
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    const head = rest.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (end < 0 || Number.isNaN(length)) throw new Error(`No response: ${rest}`);
    responses.push({
      status: Number(head.split(' ')[1]),
      head,
      body: rest.slice(end + 4, end + 4 + length),
    });
    rest = rest.slice(end + 4 + length);
  }
  return responses;
}

const long = 'x'.repeat(20_000);
const chunked = 'content-type: application/json\r\ntransfer-encoding: chunked';
const rejected: [what: string, status: number, code: string, text: string][] = [
  [
    'headers that are too large',
    431,
    'request_header_fields_too_large',
    get('/api/v1/health', `x-long: ${long}`),
  ],
  [
    'a target that is too long',
    431,
    'request_header_fields_too_large',
    get(`/api/v1/health?${long}`),
  ],
  ['a header without a colon', 400, 'bad_request', get('/api/v1/health', 'nonsense')],
  ['a line break in a header', 400, 'bad_request', get('/api/v1/health', 'a: b\rc: d')],
  ['an unknown method', 400, 'bad_request', 'NONSENSE / HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['an unknown version', 400, 'bad_request', 'GET / HTTP/3.7\r\nhost: localhost\r\n\r\n'],
  [
    'an authority as its target',
    400,
    'bad_request',
    'GET localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n',
  ],
  [
    'two lengths',
    400,
    'bad_request',
    request('POST', '/api/v1/auth/login', 'content-length: 1', 'content-length: 2'),
  ],
  [
    'length and chunks',
    400,
    'bad_request',
    request('POST', '/api/v1/auth/login', 'content-length: 1', chunked),
  ],
  [
    'a chunk without a size',
    400,
    'bad_request',
    `${request('POST', '/api/v1/auth/login', chunked)}zz\r\n`,
  ],
  ['TLS', 400, 'bad_request', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a tunnel', 400, 'bad_request', 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n'],
  ['a head that does not arrive', 408, 'timeout', 'GET /api/v1/health HTTP/1.1\r\nhost: loc'],
  ['nothing at all', 408, 'timeout', ''],
];

describe('a problem, once, and the end of the connection is the answer to', () => {
  it.each(rejected)('%s', async (_what, status, code, text) => {
    const [response, ...others] = responsesIn(await exchange(text));
    expect(others).toEqual([]);
    expect([response?.status, JSON.parse(response?.body ?? '')]).toEqual([
      status,
      expect.objectContaining({ status, code }),
    ]);
    expect(response?.head).toMatch(/\r\ncontent-type: application\/problem\+json/i);
    expect(response?.head).toMatch(/\r\nconnection: close/i);
    const { requestId } = JSON.parse(response?.body ?? '');
    expect(response?.head).toContain(`x-request-id: ${requestId}`);
    expect(server.logged.some((line) => line.includes(requestId))).toBe(true);
  });

  it('endless garbage, of which a bounded part is read', async () => {
    const received = await exchange(
      'nonsense\r\n\r\n',
      ...Array.from({ length: 20 }, () => 'y'.repeat(2000)),
    );
    expect(responsesIn(received).map(({ status }) => status)).toEqual([400]);
  });
});

describe('requests before a fault', () => {
  it('are answered in their order, and the fault after them', async () => {
    const health = get('/api/v1/health');
    const responses = responsesIn(await exchange(`${health}${health}${health}nonsense\r\n\r\n`));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 400]);
  });

  it('are answered before the fault of a body in the pipeline', async () => {
    const login = request('POST', '/api/v1/auth/login', chunked);
    const responses = responsesIn(await exchange(`${get('/api/v1/health')}${login}zz\r\n`));
    expect(responses.map(({ status }) => status)).toEqual([200, 400]);
  });

  it('keep a response that has started', async () => {
    const { open } = await startListener((_req, res) => {
      res.write('begun');
      setTimeout(() => res.end('done'), 50);
    });
    const received = await readToEnd(open(`${request('POST', '/', chunked)}zz\r\n`));
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(received).toContain('begun');
  });
});

describe('a page of another origin', () => {
  const overflow = (origin: string) =>
    get('/api/v1/health', `origin: ${origin}`, `x-long: ${long}`);

  it('may read the answer if its origin is allowed', async () => {
    const received = await exchange(overflow('https://app.example'));
    expect(received).toContain('access-control-allow-origin: https://app.example\r\n');
  });

  it.each(['https://evil.example', 'https://app.example.evil', 'null'])(
    'may not from %s',
    async (origin) => {
      const received = await exchange(overflow(origin));
      expect(received).toMatch(/^HTTP\/1\.1 431 /);
      expect(received).not.toContain('access-control-allow-origin');
      expect(received).toContain('vary: Origin');
    },
  );
});
