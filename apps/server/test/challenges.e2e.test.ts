import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
let key: string;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
  const body = { name: 'Robot', scopes: ['profile:read'] };
  key = (await server.rest('POST', '/api-keys', { token: await server.signIn(), body })).body.key;
});
afterAll(() => server.close());

/**
 * Each transport, with a call that needs the scope `dashboards:read`, and one that no scope
 * suffices for.
 */
const transports = [
  ['REST', '/api/v1/dashboards', '/api/v1/api-keys'],
  ['RPC', '/trpc/dashboards.list', '/trpc/apiKeys.list'],
  [
    'a batch over RPC',
    '/trpc/system.health,dashboards.list?batch=1',
    '/trpc/system.health,apiKeys.list?batch=1',
  ],
] as const;

async function challengeOf(target: string, authorization?: string): Promise<string | null> {
  const answer = await fetch(server.origin + target, {
    headers: authorization === undefined ? {} : { authorization },
  });
  return answer.headers.get('www-authenticate');
}

/** Matches challenge parameters with the characters of RFC 6750 §3. */
const fault = (error: string, scope = '') =>
  expect.stringMatching(
    new RegExp(`^Bearer error="${error}", error_description="[ !#-\\[\\]-~]+"${scope}$`),
  );

describe.each(transports)('the challenge of %s', (_name, scoped, unscoped) => {
  it('names only the scheme if no token was sent', async () => {
    expect(await challengeOf(scoped)).toBe('Bearer');
    expect(await challengeOf(scoped, 'Basic YTpi')).toBe('Bearer');
  });

  it.each(['Bearer nonsense', 'Bearer synap_nonsense', 'bearer a.b.c'])(
    'says that the token of %s is not valid',
    async (token) => {
      expect(await challengeOf(scoped, token)).toEqual(fault('invalid_token'));
    },
  );

  it('says that a token is not valid once its session has ended', async () => {
    const token = await server.signIn();
    expect(await challengeOf(scoped, `Bearer ${token}`)).toBeNull();
    await server.rest('POST', '/auth/logout', { token });
    expect(await challengeOf(scoped, `Bearer ${token}`)).toEqual(fault('invalid_token'));
  });

  it('names the scope that an API key lacks, or none if no scope suffices', async () => {
    expect(await challengeOf(scoped, `Bearer ${key}`)).toEqual(
      fault('insufficient_scope', ', scope="dashboards:read"'),
    );
    expect(await challengeOf(unscoped, `Bearer ${key}`)).toEqual(fault('insufficient_scope'));
  });
});

it('the challenge for a wrong password names only the scheme', async () => {
  const answers = [
    await server.rest('POST', '/auth/login', {
      body: { ...admin, password: 'wrong horse battery staple' },
    }),
    await fetch(`${server.origin}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        json: { email: admin.email, password: 'wrong horse battery staple' },
      }),
    }),
  ];
  for (const { status, headers } of answers)
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
});
