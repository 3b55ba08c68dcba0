import { afterEach, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { closeListeners } from './listener-under-test.js';

const running: ServerUnderTest[] = [];
afterEach(async () => {
  await closeListeners();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(variables: Record<string, string> = {}): Promise<ServerUnderTest> {
  const server = await startServerUnderTest({
    variables: { RATE_LIMIT_FACTOR: '1', TRUST_PROXY: '127.0.0.1', ...variables },
  });
  running.push(server);
  return server;
}

/** Sends requests from a new address, so that each case starts with no counted requests. */
const asClient = (index: number, headers: Record<string, string> = {}) => ({
  redirect: 'manual' as const,
  headers: { 'x-forwarded-for': `203.0.113.${index}`, ...headers },
});

const remaining = (answer: Response) =>
  Number(/r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);

const counted: [method: string, path: string][] = [
  ['GET', '/api/v1/health'],
  ['GET', '/api/v1/nowhere'],
  ['OPTIONS', '/api/v1/health'],
  ['GET', '/trpc/system.health'],
  ['OPTIONS', '/trpc/system.health'],
  ['GET', '/trpc'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/openapi-3.0.json'],
  ['GET', '/docs'],
  ['GET', '/docs/start.js'],
  ['GET', '/docs/assets/swagger-ui-bundle.js'],
  ['GET', '/docs/assets/none.js'],
  ['GET', '/redoc'],
  ['GET', '/verify'],
  ['GET', '/reset'],
  ['GET', '/invite'],
  ['GET', '/assets/page.css'],
  ['GET', '/readyz'],
  ['GET', '/metrics'],
  ['GET', '/'],
  ['POST', '/healthz'],
  ['GET', '/healthz/'],
  ['GET', '/no/such/path'],
  ['DELETE', '/no/such/path'],
];

describe('the limit of an address', () => {
  it.each(['', 'https://app.example.com'])(
    'counts every path, with CORS_ORIGINS=%s',
    async (origins) => {
      const server = await start({ CORS_ORIGINS: origins });
      const spent = counted.map(async ([method, path], index) => {
        const send = () => fetch(`${server.origin}${path}`, { method, ...asClient(index) });
        const before = remaining(await send());
        return [method, path, before - remaining(await send())];
      });
      expect(await Promise.all(spent)).toEqual(counted.map((row) => [...row, 1]));
    },
  );

  it('rejects in the format of the transport, readable for pages of other origins', async () => {
    const origin = 'https://app.example.com';
    const server = await start({ CORS_ORIGINS: origin });
    const send = (path: string, init: RequestInit = {}) =>
      fetch(`${server.origin}${path}`, {
        ...init,
        ...asClient(1, { origin, 'access-control-request-method': 'POST' }),
      });
    await Promise.all(Array.from({ length: 300 }, () => send('/api/v1/meta')));

    for (const path of [
      '/docs',
      '/readyz',
      '/no/such/path',
      '/api/v1/openapi.json',
      '/verify',
      '/api/v1/health',
      '/metrics',
      '/',
    ]) {
      const answer = await send(path);
      expect([path, answer.status]).toEqual([path, 429]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer.json()).toMatchObject({
        status: 429,
        code: 'too_many_requests',
        instance: path,
      });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    }
    const rpc = await send('/trpc/system.health');
    expect([rpc.status, await rpc.json()]).toMatchObject([
      429,
      { error: { json: { data: { httpStatus: 429 } } } },
    ]);
    expect((await send('/api/v1/meta', { method: 'OPTIONS' })).status).toBe(429);
    // Other clients and liveness are not rejected.
    expect((await fetch(`${server.origin}/docs`, asClient(2))).status).toBe(200);
    const alive = await send('/healthz');
    expect([alive.status, alive.headers.get('ratelimit'), await alive.text()]).toEqual([
      200,
      null,
      'ok\n',
    ]);
  });
});

describe('a preflight', () => {
  it('within the limit is answered for listed origins', async () => {
    const origin = 'https://app.example.com';
    const server = await start({ CORS_ORIGINS: origin });
    const send = (from: string) =>
      fetch(`${server.origin}/api/v1/dashboards`, {
        method: 'OPTIONS',
        headers: { origin: from, 'access-control-request-method': 'POST' },
      });
    const allowed = await send(origin);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      origin,
    ]);
    expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
    expect(
      (await send('https://elsewhere.example')).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});
