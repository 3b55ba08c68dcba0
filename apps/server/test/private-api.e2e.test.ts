import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import type { privateApiRouter } from '@synap/api';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const servers: ServerUnderTest[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(variables: Record<string, string> = {}) {
  const server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server', ...variables } });
  servers.push(server);
  return server;
}

const account = { email: 'carl@example.org', password: 'a passphrase for tests' };
const tokenFile = ({ dataDir }: ServerUnderTest) => path.join(dataDir, 'private-api-token');
const headersOf = async (server: ServerUnderTest) => ({
  'x-synap-private-token': (await readFile(tokenFile(server), 'utf8')).trim(),
});
const rpcOf = ({ origin }: ServerUnderTest, headers = {}) =>
  createTRPCClient<typeof privateApiRouter>({
    links: [httpLink({ url: `${origin}/trpc`, transformer: superjson, headers })],
  });

describe('an account without signing in', { timeout: 60_000 }, () => {
  it('is created with the token of the data folder, over both transports, and can be used at once', async () => {
    const server = await start({ VERIFY_EMAIL: 'required', SYNAP_PRIVATE_API: 'on' });
    const headers = await headersOf(server);
    const create = () => server.rest('POST', '/private/users', { body: account, headers });
    expect(await create()).toMatchObject({
      status: 201,
      body: { email: account.email, role: 'user' },
    });
    await server.signIn(account);
    const other = { email: 'dora@example.org', password: account.password };
    expect(await rpcOf(server, headers).private.createUser.mutate(other)).toMatchObject({
      verified: true,
    });
    expect(await create()).toMatchObject({ status: 409 });
    expect((await server.rest('GET', '/openapi.json')).body.paths).toHaveProperty([
      '/private/users',
    ]);
    expect((await stat(tokenFile(server))).mode & 0o777).toBe(0o600);
  });

  it('is forbidden without the token, also from the loopback address', async () => {
    const server = await start({ SYNAP_PRIVATE_API: 'on' });
    const right = (await headersOf(server))['x-synap-private-token'];
    for (const token of [undefined, '', 'x', right.slice(1), `${right}x`]) {
      const headers: Record<string, string> =
        token === undefined ? {} : { 'x-synap-private-token': token };
      expect(await server.rest('POST', '/private/users', { body: account, headers })).toMatchObject(
        { status: 403 },
      );
      const error = await rpcOf(server, headers)
        .private.createUser.mutate(account)
        .catch((cause: unknown) => cause);
      expect(error).toMatchObject({ data: { code: 'FORBIDDEN' } });
    }
  });

  it('does not exist by default', async () => {
    const server = await start();
    expect(await server.rest('POST', '/private/users', { body: account })).toMatchObject({
      status: 404,
    });
    const error = await rpcOf(server)
      .private.createUser.mutate(account)
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({ data: { code: 'NOT_FOUND' } });
    expect((await server.rest('GET', '/openapi.json')).body.paths).not.toHaveProperty([
      '/private/users',
    ]);
    await expect(stat(tokenFile(server))).rejects.toThrow('ENOENT');
  });
});

describe('metrics', { timeout: 60_000 }, () => {
  it('are absent unless a token or a port is set, also from the loopback address', async () => {
    const server = await start();
    expect((await fetch(`${server.origin}/metrics`)).status).toBe(404);
    expect(server.running.metricsPort).toBeUndefined();
  });

  it('require the token', async () => {
    const server = await start({ METRICS_TOKEN: 'a-token-for-the-metrics' });
    const read = (authorization?: string) =>
      fetch(`${server.origin}/metrics`, { headers: authorization ? { authorization } : {} });
    expect(await (await read('Bearer a-token-for-the-metrics')).text()).toContain(
      'http_request_duration_seconds',
    );
    for (const wrong of [undefined, 'Bearer another', 'Bearer a-token-for-the-metricsx']) {
      const answer = await read(wrong);
      const challenge =
        wrong === undefined ? 'Bearer' : expect.stringMatching(/^Bearer error="invalid_token", /);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
    }
  });

  it('need no token on the loopback listener, which serves only them and only its own host name', async () => {
    const server = await start({ METRICS_PORT: '0' });
    const origin = `http://127.0.0.1:${server.running.metricsPort}`;
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain(
      'http_request_duration_seconds',
    );
    expect((await fetch(`${server.origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${origin}/api/v1/health`)).status).toBe(404);
    expect(await statusUnder('rebound.example.org', `${origin}/metrics`)).toBe(404);
  });

  it('count the reads that statements of the database answer', async () => {
    const server = await start({ METRICS_PORT: '0' });
    const token = await server.signIn();
    const lists = Array.from({ length: 5 }, () => server.rest('GET', '/dashboards', { token }));
    for (const { status } of await Promise.all(lists)) expect(status).toBe(200);
    const origin = `http://127.0.0.1:${server.running.metricsPort}`;
    const text = await (await fetch(`${origin}/metrics`)).text();
    expect(text).toContain(
      'database_reads_per_statement_sum{statement="dashboards_list_owned"} 5\n',
    );
    expect(text).toContain('database_reads_per_statement_count{statement="auth_actor"}');
  });
});

/** `fetch` does not let a caller choose the Host header. */
function statusUnder(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
