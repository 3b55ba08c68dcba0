import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Nginx, startNginx, testsNginx } from './nginx.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const running: { server: ServerUnderTest; nginx: Nginx }[] = [];
afterEach(async () => {
  for (const { server, nginx } of running.splice(0)) {
    await nginx.stop();
    await server.close();
  }
});

/** Starts a server behind nginx with additional directives. */
async function start(variables: Record<string, string>, directives = '') {
  const server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server', ...variables } });
  const nginx = await startNginx(
    `location / { proxy_pass http://127.0.0.1:${server.running.port}; ${directives} }`,
  );
  running.push({ server, nginx });
  return { server, nginx };
}

interface Sent {
  /** Local address of the client, any in 127.0.0.0/8. */
  from?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/**
 * Requests from a chosen local address, which `fetch` does not support. Returns the status.
 */
function requestFrom(
  { nginx }: { nginx: Nginx },
  target: string,
  { from = '127.0.0.5', headers = {}, body }: Sent = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      localAddress: from,
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    };
    request(`${nginx.origin}${target}`, options, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    })
      .once('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Headers that claim a loopback address. */
const claims: Record<string, string>[] = [
  {},
  { 'x-forwarded-for': '127.0.0.1' },
  { forwarded: 'for=127.0.0.1' },
  { 'x-real-ip': '127.0.0.1', 'x-forwarded-host': 'localhost', host: 'localhost' },
];

describe.skipIf(!testsNginx)(
  'behind nginx that forwards nothing about its clients',
  { timeout: 60_000 },
  () => {
    it('creating accounts requires the token', async () => {
      const site = await start({ SYNAP_PRIVATE_API: 'on' });
      const account = (name: string) => ({
        email: `${name}@example.org`,
        password: 'a passphrase for tests',
      });
      for (const headers of claims) {
        expect(
          await requestFrom(site, '/api/v1/private/users', { headers, body: account('eve') }),
        ).toBe(403);
        expect(
          await requestFrom(site, '/trpc/private.createUser', {
            headers,
            body: { json: account('eve') },
          }),
        ).toBe(403);
      }
      const token = await readFile(path.join(site.server.dataDir, 'private-api-token'), 'utf8');
      const headers = { 'x-synap-private-token': token.trim() };
      expect(
        await requestFrom(site, '/api/v1/private/users', { headers, body: account('ada') }),
      ).toBe(201);
      expect(
        await requestFrom(site, '/trpc/private.createUser', {
          headers,
          body: { json: account('bea') },
        }),
      ).toBe(200);
    });

    it('reading metrics requires the token', async () => {
      const site = await start({ METRICS_TOKEN: 'a-token-for-the-metrics', METRICS_PORT: '0' });
      for (const headers of claims)
        expect(await requestFrom(site, '/metrics', { headers })).toBe(401);
      expect(
        await requestFrom(site, '/metrics', {
          headers: { authorization: 'Bearer a-token-for-the-metrics' },
        }),
      ).toBe(200);
      const tokenless = await start({ METRICS_PORT: '0' });
      for (const headers of claims)
        expect(await requestFrom(tokenless, '/metrics', { headers })).toBe(404);
    });
  },
);

describe.skipIf(!testsNginx)('behind nginx that TRUST_PROXY names', { timeout: 60_000 }, () => {
  it('log and limits use the address of the client of nginx, not the one it claims', async () => {
    const site = await start(
      { TRUST_PROXY: '127.0.0.1', RATE_LIMIT_FACTOR: '1' },
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    );
    const signIn = (from: string, n: number) =>
      requestFrom(site, '/api/v1/auth/login', {
        from,
        headers: {
          'x-forwarded-for': `203.0.113.${n}, 127.0.0.1`,
          'x-request-id': `sign-in-${from}-${n}`,
        },
        body: { email: `somebody${n}@example.org`, password: 'not the password' },
      });
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push(await signIn('127.0.0.5', n));
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    expect(await signIn('127.0.0.6', 0)).toBe(401);

    const lineOf = (id: string) =>
      until(() =>
        site.server.logged
          .map((line) => JSON.parse(line))
          .find(({ requestId, status }) => requestId === id && status),
      );
    expect(await lineOf('sign-in-127.0.0.5-3')).toMatchObject({ address: '127.0.0.5' });
    expect(await lineOf('sign-in-127.0.0.6-0')).toMatchObject({ address: '127.0.0.6' });
  });
});
