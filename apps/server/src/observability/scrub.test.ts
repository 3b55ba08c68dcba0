import { randomBytes } from 'node:crypto';
import {
  createAccessTokens,
  createRefreshTokens,
  generateToken,
  makeSecret,
} from '@synap/security';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub, scrubPath, scrubText } from './scrub.js';

const sid = '0190a6f0-0000-7000-8000-000000000001';
const keys = [{ kid: 'a', secret: makeSecret() }] as const;
const { token: jwt } = createAccessTokens({
  keys: [...keys],
  issuer: 'synap',
  audience: 'synap',
}).sign({ sub: sid, sid });
const refreshToken = createRefreshTokens({ keys: [...keys] }).issue({
  sid,
  counter: 3,
  salt: randomBytes(16),
  kid: 'a',
});
const [, , mac = ''] = refreshToken.split('.');
const apiKey = `syn_${randomBytes(16).toString('hex')}_${generateToken()}`;
const linkToken = generateToken();
const openssl = randomBytes(32).toString('base64');

describe('a scrubbed text', () => {
  it.each([
    ['an access token', `jwt malformed: ${jwt}`, jwt],
    [
      'an access token without its signature',
      `at ${jwt.slice(0, jwt.lastIndexOf('.'))}`,
      jwt.slice(0, 30),
    ],
    ['a refresh token', `unknown ${refreshToken}!`, mac],
    ['an API key', `key ${apiKey} is gone`, apiKey.slice(-43)],
    ['an API key in quotes', `{"value":"${apiKey}"}`, apiKey.slice(-43)],
    ['an API key that was cut', `key ${apiKey.slice(0, 20)}…`, apiKey.slice(4, 20)],
    ['the token of a link', `POST /reset/${linkToken} failed`, linkToken],
    ['a secret of openssl', `bad key ${openssl}`, openssl],
    [
      'a secret in hex',
      `bad key ${randomBytes(32).toString('hex').replace(/^.{8}/, 'c0ffee00')}`,
      'c0ffee00',
    ],
    ['a bearer', 'Bearer abc.def-ghi', 'abc.def-ghi'],
    ['basic credentials', 'sent basic YWRhOnBhc3N3b3Jk', 'YWRhOnBhc3N3b3Jk'],
    [
      'an Authorization header',
      'Authorization: Digest username="ada", response="hunter2"',
      'hunter2',
    ],
    ['a Cookie header', 'cookie: a=1; __Host-rt=hunter2; b=2', 'hunter2'],
    ['a Set-Cookie header', '"set-cookie":"rt=hunter2; Path=/"', 'hunter2'],
    ['a password in a form', 'grant_type=password&password=hunter2&scope=', 'hunter2'],
    ['a password in JSON', '{"email":"x","newPassword": "hunter2 and more"}', 'hunter2'],
    ['a password in JSON that was cut', '{"password":"hunter2 and', 'hunter2'],
    ['a client secret', "clientSecret: 'hunter2'", 'hunter2'],
    [
      'the password of a connection string',
      'cannot reach postgresql://app:hunter2@db:5432/data',
      'hunter2',
    ],
    ['a password with an @', 'redis://:hunt@er2@cache', 'er2'],
    ['a mail address', 'no user Ada.Lovelace+x@mail.example.org here', 'Lovelace'],
    ['a mail address of another script', 'kein Konto jürgen@müller.example', 'jürgen'],
    ['a mail address in an address', 'GET /users/ada%40example.org', 'ada%40'],
    ['a mail address without a domain', '<synap@localhost>', 'synap@'],
    ['a query', 'GET /api/v1/auth/me?code=hunter2 failed', 'hunter2'],
    ['a query of a whole address', 'fetch https://example.org/a?x=hunter2&y=1', 'hunter2'],
    ['a fragment', 'open https://example.org/reset#hunter2', 'hunter2'],
  ])('does not hold %s', (_what, text, secret) => {
    expect(text).toContain(secret);
    expect(scrubText(text)).not.toContain(secret);
    expect(scrubText(text)).toContain('[removed]');
  });

  it.each([
    'duplicate key value violates unique constraint "users_email_key"',
    "Cannot read properties of undefined (reading 'id')",
    `session ${sid} of request 4f1c2a9e-7d4b-4c53-9f3e-2a3b4c5d6e7f`,
    '    at Object.run (/srv/node_modules/.pnpm/@prisma+client@7.10.0_typescript@7.0.2/node_modules/@prisma/client/runtime/client.js:12:5)',
    'at file:///srv/apps/server/dist/http/faces.js:81:20',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'GET /api/v1/dashboards answered 500',
  ])('holds what helps to find the fault: %s', (text) => {
    expect(scrubText(text)).toBe(text);
  });

  it('ends and is short, whatever was sent', () => {
    const hostile = [
      'a'.repeat(1e6),
      'a@'.repeat(5e5),
      'eyJ.'.repeat(2e5),
      'password'.repeat(1e5),
      '://'.repeat(3e5),
      '/'.repeat(1e6),
      '%40'.repeat(3e5),
    ];
    for (const text of hostile)
      expect(scrubText(text).length, text.slice(0, 10)).toBeLessThan(100_000);
  });
});

describe('a scrubbed payload', () => {
  it('holds no value by the name of a secret, whatever the value is', () => {
    const names = [
      'password',
      'newPassword',
      'accessToken',
      'token',
      'client_secret',
      'apiKey',
      'Authorization',
      'cookie',
      'Set-Cookie',
      'email',
      'e-mail',
      'key',
    ];
    for (const name of names) {
      for (const value of ['hunter2', 42, ['hunter2'], { deep: { deeper: 'hunter2' } }]) {
        expect(scrub({ request: { [name]: value } }), name).toEqual({
          request: { [name]: '[removed]' },
        });
      }
    }
  });

  it('holds no secret at any depth, in values and in names, nor below the deepest that is looked at', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.constantFrom(jwt, apiKey, linkToken, 'ada@example.org'),
        (depth, secret) => {
          let payload: object = { text: `it was ${secret}`, [secret]: 1, list: [[secret]] };
          for (let i = 0; i < depth; i++)
            payload = i % 2 ? { inner: payload } : { list: [payload] };
          expect(JSON.stringify(scrub(payload))).not.toContain(secret);
        },
      ),
    );
  });

  it('is cut where there is no end to it', () => {
    const loop: Record<string, unknown> = { message: apiKey };
    loop.self = loop;
    expect(scrub(loop).message).toBe('[removed]');
    const wide = { values: Array.from({ length: 50_000 }, () => 'hunter2') };
    expect(scrub(wide).values.at(-1)).toBe('[removed]');
    expect(
      scrub({ map: new Map([['password', 'hunter2']]), bytes: Buffer.from('hunter2') }),
    ).toEqual({
      map: '[removed]',
      bytes: '[removed]',
    });
  });

  it('is a copy, and keeps all that is no secret', () => {
    const event = {
      event_id: 'a'.repeat(32),
      level: 'error',
      tags: { kind: 'request', procedure: 'auth.login' },
      user: { id: sid },
      n: 1,
      none: null,
    };
    const before = structuredClone(event);
    expect(scrub(event)).toEqual(event);
    scrub({ ...event, message: apiKey });
    expect(event).toEqual(before);
  });
});

describe('a scrubbed path', () => {
  it.each([
    ['/api/v1/password-recovery/ada@example.org', '/api/v1/password-recovery/[removed]'],
    ['/api/v1/password-recovery/a%64a%40ex%61mple.org', '/api/v1/password-recovery/[removed]'],
    ['/api/v1/password-recovery/ada%40m%C3%BCller.example', '/api/v1/password-recovery/[removed]'],
    [`/api/v1/dashboards/${apiKey}`, '/api/v1/dashboards/[removed]'],
    [`/api/v1/dashboards/%73yn${apiKey.slice(3)}`, '/api/v1/dashboards/[removed]'],
    [`/reset/${linkToken}`, '/reset/[removed]'],
    [`/auth/${jwt}`, '/auth/[removed]'],
    [`/auth/${refreshToken}/x`, `/auth/${sid}.3.[removed]/x`],
  ])('does not hold what %s holds', (path, scrubbed) => {
    expect(scrubPath(path)).toBe(scrubbed);
  });

  it.each([
    `/api/v1/dashboards/${sid}`,
    '/trpc/dashboards.list,dashboards.get',
    '/api/v1/a%20b/%',
    '/',
    '',
  ])('stays: %s', (path) => {
    expect(scrubPath(path)).toBe(path);
  });
});
