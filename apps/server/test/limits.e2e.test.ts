import { createDatabase } from '@synap/db';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../src/http/limits/redis.js';
import { startRedis, testsRedis } from './redis-server.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const running: ServerUnderTest[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(
  variables: Record<string, string> = {},
  databaseUrl?: string,
): Promise<ServerUnderTest> {
  const server = await startServerUnderTest({
    variables: { RATE_LIMIT_FACTOR: '1', ...variables },
    ...(databaseUrl && { databaseUrl }),
  });
  running.push(server);
  return server;
}

/** Signs in with a wrong password; the limit of the address ignores the account. */
const signIn = (server: ServerUnderTest, index: number, headers: Record<string, string> = {}) =>
  server.rest('POST', '/auth/login', {
    body: { email: `somebody${index}@example.org`, password: 'not the password' },
    headers,
  });

/** Returns the statuses of consecutive sign-ins. */
async function statuses(
  server: ServerUnderTest,
  count: number,
  headersOf: (n: number) => Record<string, string> = () => ({}),
) {
  const found = [];
  for (let n = 0; n < count; n += 1) found.push((await signIn(server, n, headersOf(n))).status);
  return found;
}
const tenThenRefused = [...Array(10).fill(401), 429, 429];

describe('calls by API keys', () => {
  it('count separately from their owner, who can still remove a flooding key', async () => {
    const server = await start({ SYNAP_ROLE: 'server', TRUST_PROXY: '127.0.0.1' });
    const token = await server.signIn();
    const body = { name: 'Robot', scopes: ['profile:read'] };
    const { id, key } = (await server.rest('POST', '/api-keys', { token, body })).body;
    const { body: other } = await server.rest('POST', '/api-keys', { token, body });
    const batch = Array.from({ length: 10 }, () => 'auth.me').join(',');
    const call = (bearer: string, n: number) =>
      fetch(`${server.origin}/trpc/${batch}?batch=1`, {
        headers: { authorization: `Bearer ${bearer}`, 'x-forwarded-for': `203.0.113.${n}` },
      });
    const answers = await Promise.all(Array.from({ length: 62 }, (_, n) => call(key, n)));
    const found = answers.map(({ status }) => status);
    expect([found.filter((status) => status === 200).length, found.includes(429)]).toEqual([
      60,
      true,
    ]);
    expect((await call(other.key, 99)).status, 'another key').toBe(429);
    expect((await server.rest('DELETE', `/api-keys/${id}`, { token })).status).toBe(204);
  });
});

describe('sign-ins', () => {
  it('share their limit between two instances on one database', async () => {
    const one = await start();
    const two = await start({}, one.database.url);
    expect(await statuses(one, 6)).toEqual(Array(6).fill(401));
    expect(await statuses(two, 6)).toEqual([401, 401, 401, 401, 429, 429]);
    expect((await signIn(one, 7)).status).toBe(429);
  });

  it('that are rejected have Retry-After and list the limits', async () => {
    const server = await start();
    await statuses(server, 10);
    const { status, headers } = await signIn(server, 11);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    const policies = '"address";q=300;w=10, "login";q=10;w=60';
    const limits = (given: Headers) =>
      expect.stringMatching(
        new RegExp(`^"address";r=\\d+;t=\\d+, "login";r=0;t=${given.get('retry-after')}$`),
      );
    expect(headers.get('ratelimit-policy')).toBe(policies);
    expect(headers.get('ratelimit')).toEqual(limits(headers));
    const rpc = await fetch(`${server.origin}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        json: { email: 'somebody@example.org', password: 'not the password' },
      }),
    });
    expect([rpc.status, rpc.headers.get('ratelimit-policy')]).toEqual([429, policies]);
    expect(rpc.headers.get('ratelimit')).toEqual(limits(rpc.headers));
  });

  it('list every limit that they count against, each once', async () => {
    const server = await start();
    const names = ({ headers }: { headers: Headers }) =>
      [headers.get('ratelimit-policy'), headers.get('ratelimit')].map((list) =>
        (list ?? '').split(', ').map((item) => item.slice(1, item.lastIndexOf('"'))),
      );
    const both = (...expected: string[]) => [expected, expected];
    const token = await server.signIn();
    expect(names(await server.rest('GET', '/health'))).toEqual(both('address'));
    expect(names(await signIn(server, 1))).toEqual(both('address', 'login'));
    expect(names(await server.rest('GET', '/users/me', { token }))).toEqual(
      both('address', 'user'),
    );
    const body = { password: 'not the password' };
    expect(names(await server.rest('POST', '/auth/reauthenticate', { token, body }))).toEqual(
      both('address', 'user', 'login'),
    );
    const rpc = await fetch(`${server.origin}/trpc/users.me.get,users.me.get?batch=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(names(rpc)).toEqual(both('address', 'user'));
    expect(rpc.headers.get('ratelimit')).toMatch(/"user";r=59\d;t=\d+$/);
  });

  it('count by the connection: X-Forwarded-For changes nothing without TRUST_PROXY', async () => {
    const server = await start();
    expect(await statuses(server, 12, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }))).toEqual(
      tenThenRefused,
    );
  });

  it('behind a trusted proxy count by the client, IPv6 by /56', async () => {
    const server = await start({ TRUST_PROXY: '127.0.0.1' });
    const inOneNetwork = (n: number) => ({
      'x-forwarded-for': `2001:db8:0:ab${n.toString(16).padStart(2, '0')}::${n}`,
    });
    expect(await statuses(server, 12, inOneNetwork)).toEqual(tenThenRefused);
    expect((await signIn(server, 1, { 'x-forwarded-for': '2001:db8:0:ac00::1' })).status).toBe(401);
  });

  it('of one client count together if the proxy adds the port to the address', async () => {
    const server = await start({ TRUST_PROXY: '127.0.0.1' });
    const fromPort = (n: number) => ({
      'x-forwarded-for': n % 2 === 0 ? `203.0.113.7:${40_000 + n}` : '203.0.113.7',
    });
    expect(await statuses(server, 12, fromPort)).toEqual(tenThenRefused);
    const bracketed = (n: number) => ({ 'x-forwarded-for': `[2001:db8::7]:${40_000 + n}` });
    expect(await statuses(server, 12, bracketed)).toEqual(tenThenRefused);
  });

  it('are limited in memory if the table is missing', async () => {
    const server = await start();
    const { pool, close } = createDatabase({ url: server.database.url });
    await pool.query('ALTER TABLE rate_limits RENAME TO elsewhere');
    await close();
    expect(await statuses(server, 12)).toEqual(tenThenRefused);
    expect(
      server.logged.filter((line) => line.includes('PostgreSQL is unavailable for rate limits')),
    ).toHaveLength(1);
  });
});

describe.runIf(testsRedis)('with Redis', () => {
  it('a server with an occupied port still fails its start, and exits', async () => {
    const redis = await startRedis();
    try {
      const one = await start({ REDIS_URL: redis.url });
      const port = new URL(one.origin).port;
      await expect(
        startServerUnderTest({ variables: { REDIS_URL: redis.url, PORT: port } }),
      ).rejects.toThrow('is taken');
      const { client, close } = connectRedis(redis.url);
      // Only the running server is still connected.
      await until(
        async () => String(await client.client('LIST')).split('name=synap ').length - 1 === 2,
      );
      await close();
    } finally {
      await redis.kill();
    }
  });

  it('sign-ins stay limited and the API responds while it is killed; later, instances share the limits again', async () => {
    const redis = await startRedis();
    try {
      const one = await start({ REDIS_URL: redis.url });
      const two = await start({ REDIS_URL: redis.url }, one.database.url);
      const meta = (server: ServerUnderTest) => server.rest('GET', '/meta');
      expect(await statuses(one, 6)).toEqual(Array(6).fill(401));
      expect(await statuses(two, 6)).toEqual([401, 401, 401, 401, 429, 429]);

      await redis.kill();
      expect(await statuses(one, 12)).toEqual(tenThenRefused);
      expect((await meta(one)).status).toBe(200);
      expect((await meta(two)).headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+$/);

      await redis.restart();
      const back = (server: ServerUnderTest) =>
        until(
          async () =>
            (await meta(server)).status === 200 &&
            server.logged.some((line) => line.includes('Redis is available')),
          {
            timeout: 30_000,
            interval: 200,
          },
        );
      await Promise.all([back(one), back(two)]);
      expect(await statuses(one, 6)).toEqual(Array(6).fill(401));
      expect(await statuses(two, 6)).toEqual([401, 401, 401, 401, 429, 429]);
    } finally {
      await redis.kill();
    }
  });
});
