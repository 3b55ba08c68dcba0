import { createDatabase } from '@synap/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { PASSWORD_GRANT: 'on' } });
});
afterAll(() => server.close());

interface Sent {
  cookie?: string | undefined;
  body?: unknown;
  headers?: Record<string, string | undefined>;
}

/** Sends requests like an allowed page by default. */
async function send(
  transport: 'rest' | 'rpc',
  name: string,
  { cookie, body, headers = {} }: Sent = {},
  at = server,
) {
  const all = {
    origin: at.origin,
    'x-synap-client': '1',
    'content-type': body === undefined && transport === 'rest' ? undefined : 'application/json',
    cookie,
    ...headers,
  };
  const sent = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const text =
    typeof body === 'string' ? body : JSON.stringify(transport === 'rpc' ? { json: body } : body);
  const target = transport === 'rpc' ? `/trpc/auth.${name}` : `/api/v1/auth/${name}`;
  const answer = await fetch(`${at.origin}${target}`, {
    method: 'POST',
    headers: sent,
    body: body === undefined ? null : text,
  });
  const read = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: what a foreign client sees is untyped
  const parsed: any = read === '' ? undefined : JSON.parse(read);
  const data =
    transport === 'rpc'
      ? (parsed?.result?.data?.json ?? parsed?.error?.json?.data?.problem)
      : parsed;
  const [set] = answer.headers.getSetCookie();
  return { status: answer.status, body: data, set, pair: set?.split(';')[0] };
}

const signIn = async (transport: 'rest' | 'rpc' = 'rest', at = server) =>
  send(transport, 'login', { body: { ...admin, cookie: true } }, at);

describe.each(['rest', 'rpc'] as const)('the cookie over %s', (transport) => {
  it('contains the refresh token instead of the response, rotates it, and ends with the session', async () => {
    const first = await signIn(transport);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 600,
    });
    expect(first.set).toMatch(
      /^rt-[0-9a-f]{8}=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const second = await send(transport, 'refresh', { cookie: first.pair, body: {} });
    expect(second.status).toBe(200);
    expect(second.body).not.toHaveProperty('refreshToken');
    expect(second.pair).toMatch(/^rt-[0-9a-f]{8}=/);
    expect(second.pair).not.toBe(first.pair);
    const out = await send(transport, 'logout', { cookie: second.pair });
    expect(out.status).toBe(transport === 'rest' ? 204 : 200);
    expect(out.set).toEqual(
      expect.stringMatching(/^rt-[0-9a-f]{8}=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/),
    );
    const late = await send(transport, 'refresh', { cookie: second.pair, body: {} });
    expect(late).toMatchObject({
      status: 401,
      set: expect.stringMatching(
        /^rt-[0-9a-f]{8}=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    });
    expect(await server.rest('GET', '/auth/me', { token: second.body.accessToken })).toMatchObject({
      status: 401,
    });
  });

  it.each([
    ['Origin', { origin: undefined }],
    ['Origin', { origin: 'https://evil.example' }],
    ['Origin', { origin: 'null' }],
    ['X-Synap-Client', { 'x-synap-client': undefined }],
    ['X-Synap-Client', { 'x-synap-client': '2' }],
  ])('does nothing, and says that it is for %s, with %o', async (named, headers) => {
    const { pair } = await signIn(transport);
    for (const [name, body] of [
      ['refresh', {}],
      ['logout', undefined],
    ] as const) {
      const rejected = await send(transport, name, { cookie: pair, body, headers });
      expect(rejected).toMatchObject({
        status: 403,
        body: { code: 'forbidden', detail: expect.stringContaining(named) },
      });
      expect(rejected.set).toBeUndefined();
    }
    expect((await send(transport, 'refresh', { cookie: pair, body: {} })).status).toBe(200);
  });

  it('is ignored for a form or plain text', async () => {
    const { pair } = await signIn(transport);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      for (const name of ['refresh', 'logout']) {
        const rejected = await send(transport, name, {
          cookie: pair,
          body: '{}',
          headers: { 'content-type': type },
        });
        expect(rejected.status).toBeGreaterThanOrEqual(400);
        expect(rejected.set).toBeUndefined();
      }
    }
    expect((await send(transport, 'refresh', { cookie: pair, body: {} })).status).toBe(200);
  });

  it('rotates once for fifty parallel refreshes', async () => {
    const { pair } = await signIn(transport);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(transport, 'refresh', { cookie: pair, body: {} })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.pair)).size).toBe(1);
    const database = createDatabase({ url: server.database.url });
    const session = await database.db.session.findUnique({
      where: { id: pair?.slice(12, 48) ?? '' },
    });
    await database.close();
    expect(session?.counter).toBe(1);
  });
});

it('ends the session that a sign-in replaces, if an allowed page signs in', async () => {
  const first = await signIn();
  const again = { ...admin, cookie: true };
  await send('rest', 'login', {
    body: again,
    cookie: first.pair,
    headers: { 'x-synap-client': undefined },
  });
  expect((await server.rest('GET', '/auth/me', { token: first.body.accessToken })).status).toBe(
    200,
  );
  const second = await send('rest', 'login', { body: again, cookie: first.pair });
  expect(second.status).toBe(200);
  expect((await server.rest('GET', '/auth/me', { token: first.body.accessToken })).status).toBe(
    401,
  );
  expect((await server.rest('GET', '/auth/me', { token: second.body.accessToken })).status).toBe(
    200,
  );
  const wrong = await send('rest', 'login', {
    body: { ...again, password: 'not the password' },
    cookie: second.pair,
  });
  expect(wrong.status).toBe(401);
  expect((await server.rest('GET', '/auth/me', { token: second.body.accessToken })).status).toBe(
    200,
  );
});

it('is not shared by two installations under one host name', async () => {
  const other = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
  try {
    const [one, two] = [await signIn(), await signIn('rest', other)];
    const cookie = `${one.pair}; ${two.pair}`;
    expect(one.pair?.split('=')[0]).not.toBe(two.pair?.split('=')[0]);
    expect((await send('rest', 'refresh', { cookie, body: {} })).status).toBe(200);
    expect((await send('rest', 'refresh', { cookie, body: {} }, other)).status).toBe(200);
  } finally {
    await other.close();
  }
});

it('does not authenticate API calls', async () => {
  const { pair } = await signIn();
  const headers = { origin: server.origin, 'x-synap-client': '1', cookie: pair ?? '' };
  for (const [method, path] of [
    ['GET', '/auth/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['PATCH', '/users/me'],
  ] as const) {
    const body = method === 'PATCH' ? { name: 'x' } : undefined;
    expect(await server.rest(method, path, { headers, body })).toMatchObject({ status: 401 });
  }
});

it('ends the session by the cookie if the access token has expired', async () => {
  const { pair } = await signIn();
  expect(
    await send('rest', 'logout', { cookie: pair, headers: { authorization: 'Bearer gone' } }),
  ).toMatchObject({
    status: 204,
  });
  expect(await send('rest', 'logout', { headers: { authorization: 'Bearer gone' } })).toMatchObject(
    { status: 401 },
  );
  expect(await send('rest', 'refresh', { cookie: pair, body: {} })).toMatchObject({ status: 401 });
});

it('is __Host-rt and Secure with PUBLIC_URL, and accepts only its origin and CORS_ORIGINS', async () => {
  const publicUrl = 'https://synap.example.org';
  const secure = await startServerUnderTest({
    variables: { PUBLIC_URL: publicUrl, CORS_ORIGINS: 'https://app.example.org' },
  });
  try {
    const { set, pair } = await signIn('rest', secure);
    expect(set).toMatch(
      /^__Host-rt-[0-9a-f]{8}=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const by = async (origin: string) =>
      (await send('rest', 'refresh', { cookie: pair, body: {}, headers: { origin } }, secure))
        .status;
    expect([await by(secure.origin), await by('http://synap.example.org')]).toEqual([403, 403]);
    expect([await by(publicUrl), await by('https://app.example.org')]).toEqual([200, 200]);
    const plain = await send(
      'rest',
      'refresh',
      { cookie: pair?.replace('__Host-', ''), body: {}, headers: { origin: publicUrl } },
      secure,
    );
    expect(plain.status).toBe(401);
  } finally {
    await secure.close();
  }
});

it('is set once by a batch, to the current token', async () => {
  const { pair } = await signIn();
  const answer = await fetch(`${server.origin}/trpc/auth.refresh,auth.refresh?batch=1`, {
    method: 'POST',
    headers: {
      origin: server.origin,
      'x-synap-client': '1',
      'content-type': 'application/json',
      cookie: pair ?? '',
    },
    body: '{"0":{"json":{}},"1":{"json":{}}}',
  });
  expect(answer.status).toBe(200);
  const set = answer.headers.getSetCookie();
  expect(set).toHaveLength(1);
  const next = set[0]?.split(';')[0];
  expect(next).not.toBe(pair);
  expect(await send('rest', 'refresh', { cookie: next, body: {} })).toMatchObject({ status: 200 });
});

it('cannot be set by a streamed batch, which sends headers first', async () => {
  const answer = await send('rpc', 'login', {
    body: { ...admin, cookie: true },
    headers: { 'trpc-accept': 'application/jsonl' },
  });
  expect(answer.set).toBeUndefined();
});

it('signs in by the OAuth2 password form', async () => {
  const answer = await fetch(`${server.origin}/api/v1/login/access-token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      username: admin.email,
      password: admin.password,
      scope: '',
    }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what a foreign client sees is untyped
  const body: any = await answer.json();
  expect(body).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 600,
  });
  expect(await server.rest('GET', '/auth/me', { token: body.access_token })).toMatchObject({
    status: 200,
  });
});

describe('the OAuth2 password form', () => {
  const post = (fields: Record<string, string> | string, at = server) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return at.rest('POST', '/login/access-token', {
      body: new URLSearchParams(fields).toString(),
      headers,
    });
  };
  const right = { username: admin.email, password: admin.password };

  it.each([
    [
      'invalid_grant',
      { ...right, password: 'not the right one' },
      'E-mail address or password is wrong',
    ],
    ['invalid_request', { username: admin.email }, /^password: /],
    ['invalid_request', { ...right, username: '' }, /^username: /],
    ['invalid_scope', { ...right, scope: 'x'.repeat(501) }, /^scope: /],
    ['unsupported_grant_type', { ...right, grant_type: 'client_credentials' }, /^grant_type: /],
    [
      'unsupported_grant_type',
      { grant_type: 'client_credentials', client_id: 'x' },
      /grant_type: /,
    ],
  ])('answers %s as RFC 6749 §5.2 says', async (error, fields, description) => {
    const answer = await post(fields);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error, error_description: expect.stringMatching(description) });
    expect(answer.body.error_description).toMatch(/^[ !#-[\]-~]+$/);
    const headers = ['content-type', 'cache-control', 'pragma', 'www-authenticate'].map((name) =>
      answer.headers.get(name),
    );
    expect(headers).toEqual(['application/json', 'no-store', 'no-cache', null]);
  });

  it('treats empty fields as omitted, and keeps tokens out of caches', async () => {
    const answer = await post({
      ...right,
      grant_type: '',
      scope: '',
      client_id: '',
      client_secret: '',
    });
    expect(answer.status).toBe(200);
    expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual([
      'no-store',
      'no-cache',
    ]);
  });

  it('returns OAuth2 errors for rejections of HTTP', async () => {
    const text = await server.rest('POST', '/login/access-token', {
      body: 'a=1',
      headers: { 'content-type': 'text/plain' },
    });
    expect(text).toMatchObject({ status: 415, body: { error: 'invalid_request' } });
    for (const repeated of ['username=other', 'grant_type=password', 'scope=me']) {
      const twice = await post(
        `${new URLSearchParams({ ...right, grant_type: 'password', scope: 'me' })}&${repeated}`,
      );
      expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
    for (const name of ['__proto__', 'constructor', 'extra[prototype]', 'username[__proto__][a]']) {
      const unsafe = await post(`${new URLSearchParams(right)}&${name}=1`);
      expect(unsafe).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
    const long = await post({ ...right, scope: 'x'.repeat(10_000) });
    expect(long).toMatchObject({ status: 413, body: { error: 'invalid_request' } });
  });

  it('reports that it is off, and returns rate limits as problems with Retry-After', async () => {
    const strict = await startServerUnderTest({
      variables: { SYNAP_ROLE: 'server', RATE_LIMIT_FACTOR: '1' },
    });
    try {
      expect(await post(right, strict)).toMatchObject({
        status: 400,
        body: {
          error: 'unsupported_grant_type',
          error_description: expect.stringContaining('PASSWORD_GRANT=on'),
        },
      });
    } finally {
      await strict.close();
    }
    const limited = await startServerUnderTest({
      variables: { SYNAP_ROLE: 'server', RATE_LIMIT_FACTOR: '1', PASSWORD_GRANT: 'on' },
    });
    try {
      const statuses = [];
      for (let n = 0; n < 11; n += 1)
        statuses.push((await post({ ...right, password: 'not the right one' }, limited)).status);
      expect(statuses).toContain(429);
      const rejected = await post(right, limited);
      expect(rejected).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
      expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  });
});

it('lists the sessions of a user, and ends them at once', async () => {
  const person = await server.newUser();
  const other = await server.signIn(person);
  const { body } = await server.rest('GET', '/auth/sessions', { token: person.token });
  expect(body.items).toHaveLength(2);
  const [here, there] = [
    body.items.find((s: { current: boolean }) => s.current),
    body.items.find((s: { current: boolean }) => !s.current),
  ];
  expect(here).toMatchObject({ address: '127.0.0.1', device: 'node' });
  const stranger = await server.newUser();
  expect(
    await server.rest('DELETE', `/auth/sessions/${there.id}`, { token: stranger.token }),
  ).toMatchObject({ status: 404 });
  expect(
    await server.rest('DELETE', `/auth/sessions/${there.id}`, { token: person.token }),
  ).toMatchObject({ status: 204 });
  expect(await server.rest('GET', '/auth/me', { token: other })).toMatchObject({ status: 401 });
  expect(
    await server.rest('DELETE', `/auth/sessions/${there.id}`, { token: person.token }),
  ).toMatchObject({ status: 404 });
  const third = await server.signIn(person);
  expect(await server.rest('DELETE', '/auth/sessions', { token: person.token })).toMatchObject({
    status: 204,
  });
  expect(await server.rest('GET', '/auth/me', { token: third })).toMatchObject({ status: 401 });
  expect(
    await server.rest('DELETE', `/auth/sessions/${here.id}`, { token: person.token }),
  ).toMatchObject({ status: 204 });
  expect(await server.rest('GET', '/auth/me', { token: person.token })).toMatchObject({
    status: 401,
  });
});
