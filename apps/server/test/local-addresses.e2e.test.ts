import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../src/config/env.js';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const secret = () => randomBytes(32).toString('base64');
const variables = { SYNAP_ROLE: 'server', SIGNUP: 'open', SYNAP_PRIVATE_API: 'on' };
const outside = {
  SYNAP_ENV: 'staging',
  PUBLIC_URL: 'https://synap.example',
  ACCESS_TOKEN_SECRET: secret(),
  REFRESH_TOKEN_SECRET: secret(),
  ENCRYPTION_SECRET: secret(),
  RATE_LIMIT_FACTOR: '1',
  SYNAP_PRIVATE_API: 'off',
};
const password = 'a passphrase for tests';

/** Every operation with an address as input, and a permitted caller. */
const operations = [
  ['sign-up', 'POST', '/auth/register', (email: string) => ({ email, password })],
  ['another mail for verification', 'POST', '/auth/resend', (email: string) => ({ email })],
  ['a forgotten password', 'POST', '/auth/forgot', (email: string) => ({ email })],
  ['a user made by a superuser', 'POST', '/users', (email: string) => ({ email, password })],
  ['an invitation', 'POST', '/invitations', (email: string) => ({ email })],
  [
    'a change of address',
    'POST',
    '/users/me/email',
    (email: string) => ({ email, currentPassword: admin.password }),
  ],
  ['a mail for trial', 'POST', '/admin/mail/test', (email: string) => ({ to: email })],
] as const;

describe('an address whose domain has no dot', () => {
  let local: ServerUnderTest;
  let staging: ServerUnderTest;
  beforeAll(async () => {
    local = await startServerUnderTest({
      variables: { ...variables, SYNAP_ADMIN_EMAIL: 'admin@localhost' },
    });
    staging = await startServerUnderTest({ variables: { ...variables, ...outside } });
  });
  afterAll(() => Promise.all([local.close(), staging.close()]));

  it('may belong to the first superuser in a local environment', async () => {
    expect(await local.signIn({ email: 'admin@localhost', password: admin.password })).toBeTypeOf(
      'string',
    );
  });

  it.each(operations)(
    'is taken locally, and refused elsewhere, for %s',
    async (what, method, target, bodyOf) => {
      const body = bodyOf(`${what.replaceAll(/[^a-z]/g, '')}@localhost`);
      const token = await local.signIn({ email: 'admin@localhost', password: admin.password });
      const taken = await local.rest(method, target, { token, body });
      expect(taken.status, taken.text).toBeLessThan(300);
      if (what === 'a change of address')
        await local.rest(method, target, {
          token,
          body: { email: 'admin@localhost', currentPassword: admin.password },
        });
      const rejected = await staging.rest(method, target, { token: await staging.signIn(), body });
      const pointer = 'to' in body ? '/to' : '/email';
      expect(rejected).toMatchObject({
        status: 400,
        body: { errors: [{ pointer, code: 'invalid_format' }] },
      });
    },
  );

  it('is taken for a trial user', async () => {
    const token = (await readFile(path.join(local.dataDir, 'private-api-token'), 'utf8')).trim();
    const headers = { 'x-synap-private-token': token };
    const made = await local.rest('POST', '/private/users', {
      headers,
      body: { email: 'trial@localhost', password },
    });
    expect(made.status, made.text).toBe(201);
  });
});

it.each([
  ['local', []],
  ['staging', ['SYNAP_ADMIN_EMAIL: must have a domain with a dot outside local']],
])('SYNAP_ADMIN_EMAIL may be admin@localhost in %s: %s', (environment, expected) => {
  const given = { ...outside, SYNAP_ENV: environment, SYNAP_ADMIN_EMAIL: 'admin@localhost' };
  expect(readEnvironment(given).faults).toEqual(expected);
});
