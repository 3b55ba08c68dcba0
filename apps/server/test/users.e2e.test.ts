import { once } from 'node:events';
import { request } from 'node:http';
import type { localRouter } from '@synap/api';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { afterEach, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

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
const createPrivately = (server: ServerUnderTest) => server.rest('POST', '/private/users', { body: account });
const rpcOf = ({ origin }: ServerUnderTest) =>
  createTRPCClient<typeof localRouter>({ links: [httpLink({ url: `${origin}/trpc`, transformer: superjson })] });

describe('an account without signing in', { timeout: 60_000 }, () => {
  it('is made on one’s own machine, over both faces, and can be used at once', async () => {
    const server = await start({ VERIFY_EMAIL: 'required' });
    expect(await createPrivately(server)).toMatchObject({ status: 201, body: { email: account.email, role: 'user' } });
    await server.signIn(account);
    const other = { email: 'dora@example.org', password: account.password };
    expect(await rpcOf(server).private.createUser.mutate(other)).toMatchObject({ verified: true });
    expect(await createPrivately(server)).toMatchObject({ status: 409 });
    expect((await server.rest('GET', '/openapi.json')).body.paths).toHaveProperty(['/private/users']);
  });

  it('is not there for what comes through a proxy, or by a name that was pointed at this machine', async () => {
    const server = await start();
    const forwarded: Record<string, string>[] = [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }];
    for (const headers of forwarded)
      expect(await server.rest('POST', '/private/users', { body: account, headers })).toMatchObject({ status: 404 });
    const headers = { host: 'rebound.example.org', 'content-type': 'application/json' };
    for (const target of ['/api/v1/private/users', '/trpc/private.createUser']) {
      const call = request(`${server.origin}${target}`, { method: 'POST', headers }).end(JSON.stringify(account));
      const [{ statusCode }] = await once(call, 'response');
      expect(statusCode, target).toBe(404);
    }
    expect(await createPrivately(server)).toMatchObject({ status: 201 });
  });

  it.each([
    ['beyond the loopback address', { HOST: '0.0.0.0' }],
    ['behind a proxy', { TRUST_PROXY: '127.0.0.1' }],
    ['under a public name', { PUBLIC_URL: 'https://synap.example.org' }],
    [
      'outside local',
      {
        SYNAP_ENV: 'staging',
        HOST: '127.0.0.1',
        ACCESS_TOKEN_SECRET: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu',
        REFRESH_TOKEN_SECRET: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg',
        ENCRYPTION_SECRET: 'Hb2Fy7Ku4Mz9Cn6Xr1Wd8Tg3Vq5Jp0Ls',
      },
    ],
  ])('does not exist %s', async (_where, variables) => {
    const server = await start(variables);
    expect(await createPrivately(server)).toMatchObject({ status: 404 });
    const error = await rpcOf(server)
      .private.createUser.mutate(account)
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({ data: { code: 'NOT_FOUND' } });
    expect((await server.rest('GET', '/openapi.json')).body.paths).not.toHaveProperty(['/private/users']);
  });
});

describe('accounts under administration', { timeout: 60_000 }, () => {
  it('are shut out at once, on both faces, and let in again', async () => {
    const server = await start();
    const token = await server.signIn();
    const person = await server.newUser();
    const { id } = (await server.rest('GET', '/users?q=person1', { token })).body.items[0];
    await server.rest('GET', '/auth/me', { token: person.token });
    expect(await server.rest('PATCH', `/users/${id}`, { token, body: { disabled: true } })).toMatchObject({
      status: 200,
      body: { disabled: true },
    });
    expect((await server.rest('GET', '/auth/me', { token: person.token })).status).toBe(401);
    expect((await server.rest('POST', '/auth/login', { body: person })).status).toBe(403);
    await server.rest('PATCH', `/users/${id}`, { token, body: { disabled: false } });
    await server.signIn(person);
  });

  it('are the same by whatever spelling of their ids', async () => {
    const server = await start();
    const token = await server.signIn();
    const mine = (await server.rest('GET', '/auth/me', { token })).body.id.toUpperCase();
    for (const [method, body] of [['PATCH', { role: 'user' }], ['PATCH', { disabled: true }], ['DELETE']] as const)
      expect((await server.rest(method, `/users/${mine}`, { token, body })).status).toBe(403);
    const other = await server.newUser();
    const { id } = (await server.rest('GET', '/auth/me', { token: other.token })).body;
    const removal = await server.rest('DELETE', `/users/${id}?handOverTo=${id.toUpperCase()}`, { token });
    expect(removal).toMatchObject({ status: 409 });
    expect(await server.rest('DELETE', `/users/${id.toUpperCase()}`, { token })).toMatchObject({ status: 204 });
    expect(
      (await server.rest('GET', `/events?subject=${encodeURIComponent(`user ${id}`)}`, { token })).body.items,
    ).toContainEqual(expect.objectContaining({ type: 'user.removed' }));
  });

  it('never lose the last superuser', async () => {
    const server = await start();
    const token = await server.signIn();
    const answer = await server.rest('POST', '/users/me/delete', { token, body: { password: admin.password } });
    expect(answer).toMatchObject({ status: 409, body: { detail: 'This is the last superuser: make another one first' } });
  });
});

describe('the addresses that people know from elsewhere', { timeout: 60_000 }, () => {
  it('do the same, and say where they have moved', async () => {
    const server = await start();
    const calls = [
      ['/users/signup', { email: 'erin@example.org', password: account.password }, 202, '/api/v1/auth/register'],
      ['/password-recovery/erin@example.org', undefined, 202, '/api/v1/auth/forgot'],
      ['/reset-password', { token: 'none of ours', newPassword: account.password }, 400, '/api/v1/auth/reset'],
    ] as const;
    for (const [target, body, status, successor] of calls) {
      const answer = await server.rest('POST', target, { body });
      expect(answer.status, answer.text).toBe(status);
      expect(answer.headers.get('deprecation')).toMatch(/^@\d+$/);
      expect(answer.headers.get('link')).toContain(`<${successor}>; rel="successor-version"`);
    }
    await server.signIn({ email: 'erin@example.org', password: account.password });
  });
});
