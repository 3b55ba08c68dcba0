import { createDatabase } from '@synap/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest();
});
afterAll(() => server.close());

const login = async () => (await server.rest('POST', '/auth/login', { body: admin })).body;
const refresh = (refreshToken: string) =>
  server.rest('POST', '/auth/refresh', { body: { refreshToken } });

describe('identity over the wire', () => {
  it('signs in, shows the profile, signs out permanently', async () => {
    const answer = await server.rest('POST', '/auth/login', { body: admin });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
    const token = answer.body.accessToken;
    expect((await server.rest('GET', '/auth/me', { token })).body).toMatchObject({
      email: admin.email,
      role: 'superuser',
    });
    expect(
      (await server.rest('PATCH', '/users/me', { token, body: { name: 'Ada' } })).body,
    ).toMatchObject({ name: 'Ada' });
    expect(await server.rest('POST', '/auth/logout', { token })).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await server.rest('GET', '/auth/me', { token })).toMatchObject({ status: 401 });
    expect(await refresh(answer.body.refreshToken)).toMatchObject({ status: 401 });
  });

  it('rotates once for fifty parallel refreshes of one token', async () => {
    const { refreshToken } = await login();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
    const successors = new Set(answers.map((answer) => answer.body.refreshToken));
    expect(successors.size).toBe(1);
    expect(successors.has(refreshToken)).toBe(false);
  });

  it('repeats a lost response at any later time, and ends the session on an older refresh token', async () => {
    const { refreshToken } = await login();
    const { body: lost } = await refresh(refreshToken);
    const database = createDatabase({ url: server.database.url });
    await database.db.$executeRaw`UPDATE sessions SET rotated_at = rotated_at - interval '1 day'`;
    await database.close();
    expect((await refresh(refreshToken)).body.refreshToken).toBe(lost.refreshToken);
    const { body: next } = await refresh(lost.refreshToken);
    expect(await refresh(refreshToken)).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
    expect(await refresh(next.refreshToken)).toMatchObject({ status: 401 });
    expect(await server.rest('GET', '/auth/me', { token: next.accessToken })).toMatchObject({
      status: 401,
    });
  });

  it('restricts operations to superusers, and anonymous callers to public operations', async () => {
    const { token } = await server.newUser();
    expect(await server.rest('GET', '/debug/routes', { token })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await server.rest('GET', '/debug/routes')).toMatchObject({ status: 401 });
    const { body } = await server.rest('GET', '/debug/routes?size=100', {
      token: await server.signIn(),
    });
    const open = body.items
      .filter((route: { access: string }) => route.access === 'public')
      .map((route: { procedure: string }) => route.procedure);
    const ofAuth = [
      'forgot',
      'login',
      'logout',
      'refresh',
      'register',
      'resend',
      'reset',
      'token',
      'verify',
    ];
    const others = ['invitations.accept', 'system.health', 'system.meta'];
    expect(open).toEqual([...ofAuth.map((name) => `auth.${name}`), ...others]);
  });

  it('logs neither passwords nor tokens', async () => {
    const { accessToken, refreshToken } = await login();
    await refresh(refreshToken);
    await server.rest('GET', `/auth/me?token=${accessToken}`, { token: accessToken });
    const log = server.logged.join('');
    expect(log).toContain('/auth/me');
    for (const secret of [admin.password, accessToken, refreshToken])
      expect(log).not.toContain(secret);
  });
});

describe('limits', () => {
  it('reject a flood of sign-ins with Retry-After, over both transports', async () => {
    const strict = await startServerUnderTest({ variables: { RATE_LIMIT_FACTOR: '1' } });
    try {
      const wrong = { email: 'unknown@example.org', password: 'wrong password here' };
      const statuses: number[] = [];
      for (let i = 0; i < 6; i += 1)
        statuses.push((await strict.rest('POST', '/auth/login', { body: wrong })).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
      const rpc = await fetch(`${strict.origin}/trpc/auth.login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ json: wrong }),
      });
      expect(rpc.status).toBe(429);
      const last = await strict.rest('POST', '/auth/login', { body: wrong });
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(800);
      expect(last.body.code).toBe('too_many_requests');
    } finally {
      await strict.close();
    }
  });

  it('report the remaining API calls, count each call of a batch, and end with 429', async () => {
    const strict = await startServerUnderTest({ variables: { RATE_LIMIT_FACTOR: '1' } });
    try {
      const first = await strict.rest('GET', '/health');
      expect(first.headers.get('ratelimit-policy')).toBe('"address";q=300;w=10');
      expect(first.headers.get('ratelimit')).toMatch(/^"address";r=299;t=\d+$/);
      const batch = await fetch(
        `${strict.origin}/trpc/${Array.from({ length: 10 }, () => 'system.meta').join(',')}?batch=1&input=%7B%7D`,
      );
      expect(batch.headers.get('ratelimit')).toMatch(/r=289/);
      const answers = await Promise.all(
        Array.from({ length: 300 }, () => strict.rest('GET', '/meta')),
      );
      expect(answers.filter((answer) => answer.status === 429).length).toBeGreaterThan(0);
    } finally {
      await strict.close();
    }
  });
});
