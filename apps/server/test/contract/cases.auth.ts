import { randomUUID } from 'node:crypto';
import { generateToken, hashToken } from '@synap/security';
import { admin } from '../server-under-test.js';
import type { ContractCase } from './contract-case.js';
import { byCall, byInput, byKeyWithoutScope } from './error-cases.js';
import type { Caller, Fixture } from './fixture.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;
const tokens = ['/accessToken', '/refreshToken'];
/** 403 case of procedures that every signed-in user may call, but no API key. */
export const newAccount = () => ({
  email: `${randomUUID()}@example.org`,
  password: 'a passphrase for tests',
});

async function disabledAccount({ server, database }: Fixture) {
  const account = newAccount();
  await server.rest('POST', '/auth/register', { body: account });
  await database.query('UPDATE users SET disabled_at = now() WHERE email = $1', [account.email]);
  return account;
}

/** Creates the token of a mail to a new account, as the worker does. */
async function mailedToken(
  { server, database }: Fixture,
  purpose: 'verify' | 'reset',
): Promise<string> {
  const account = newAccount();
  await server.rest('POST', '/auth/register', { body: account });
  const token = generateToken();
  const made = await database.query(
    `INSERT INTO mail_tokens (id, user_id, purpose, hash, expires_at)
     SELECT gen_random_uuid(), id, $2::mail_token_purpose, $3, now() + interval '5 minutes' FROM users WHERE email = $1`,
    [account.email, purpose, hashToken(token)],
  );
  if (made.rowCount !== 1) throw new Error('The account was not made');
  return token;
}

/**
 * Creates an account with the role of a caller and signs in. For calls that would end the
 * caller's own session.
 */
export async function signInAs(
  fixture: Fixture,
  caller: Caller,
  account: { email: string; password: string },
) {
  if (caller === 'anonymous') return undefined;
  await fixture.server.rest('POST', '/auth/register', { body: account });
  if (caller === 'superuser')
    await fixture.database.query("UPDATE users SET role = 'superuser' WHERE email = $1", [
      account.email,
    ]);
  return (await fixture.signIn(account)).accessToken;
}

export const cases: Record<string, ContractCase> = {
  'auth.register': {
    callers: { anonymous: 202, user: 202, other: 202, superuser: 202 },
    validCall: () => ({ input: newAccount() }),
    changes: true,
    errors: {
      400: byInput({ email: 'ann@example.org', password: 'too short' }),
      403: async ({ closed, validCall }) =>
        Promise.all([closed.rest(await validCall()), closed.rpc(await validCall())]),
    },
  },
  'auth.login': {
    callers: { anonymous: 200, user: 200, other: 200, superuser: 200 },
    validCall: ({ guest: { email, password } }) => ({ input: { email, password } }),
    changes: true,
    volatileFields: tokens,
    errors: {
      400: byInput({ email: 'ann@example.org' }),
      401: byInput({ email: 'ann@example.org', password: 'not the right one' }),
      403: byCall(async (fixture) => ({ input: await disabledAccount(fixture) })),
    },
  },
  'auth.refresh': {
    callers: { anonymous: 200, user: 200, other: 200, superuser: 200 },
    async validCall({ signIn }) {
      const { refreshToken } = await signIn();
      return { input: { refreshToken } };
    },
    changes: true,
    volatileFields: tokens,
    errors: {
      400: byInput({ refreshToken: '' }),
      401: byInput({ refreshToken: 'unknown token' }),
      403: 'only for a cross-site cookie: cookie.e2e.test.ts',
    },
  },
  'auth.logout': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async validCall({ signIn }, caller) {
      if (caller === 'anonymous') return {};
      return { token: (await (caller === 'superuser' ? signIn(admin) : signIn())).accessToken };
    },
    changes: true,
    errors: {
      401: byCall(async () => ({ token: 'not.a.token' })),
      403: 'only for a cross-site cookie: cookie.e2e.test.ts',
    },
  },
  'auth.verify': {
    callers: { anonymous: 204, user: 204, other: 204, superuser: 204 },
    validCall: async (fixture) => ({ input: { token: await mailedToken(fixture, 'verify') } }),
    changes: true,
    errors: { 400: byInput({ token: 'unknown token' }) },
  },
  'auth.resend': {
    callers: { anonymous: 202, user: 202, other: 202, superuser: 202 },
    validCall: () => ({ input: { email: 'ann@example.org' } }),
    changes: true,
    errors: { 400: byInput({ email: 'not-an-address' }) },
  },
  'auth.forgot': {
    callers: { anonymous: 202, user: 202, other: 202, superuser: 202 },
    validCall: () => ({ input: { email: 'ann@example.org' } }),
    changes: true,
    errors: { 400: byInput({ email: 'not-an-address' }) },
  },
  'auth.reset': {
    callers: { anonymous: 204, user: 204, other: 204, superuser: 204 },
    validCall: async (fixture) => ({
      input: {
        token: await mailedToken(fixture, 'reset'),
        newPassword: 'another passphrase for tests',
      },
    }),
    changes: true,
    errors: {
      400: byInput({ token: 'unknown token', newPassword: 'another passphrase for tests' }),
    },
  },
  'auth.reauthenticate': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async validCall(fixture, caller) {
      const account = newAccount();
      return {
        input: { password: account.password },
        token: await signInAs(fixture, caller, account),
      };
    },
    changes: true,
    errors: { 400: byInput({ password: 'not the right one' }), 403: byKeyWithoutScope },
  },
  'auth.me': {
    callers: signedIn,
    changes: false,
    errors: { 403: byKeyWithoutScope },
  },
  'users.me.get': {
    callers: signedIn,
    changes: false,
    errors: { 403: byKeyWithoutScope },
  },
  'users.me.changePassword': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async validCall(fixture, caller) {
      const account = newAccount();
      const input = {
        currentPassword: account.password,
        newPassword: 'another passphrase for tests',
      };
      return { input, token: await signInAs(fixture, caller, account) };
    },
    changes: true,
    errors: {
      400: byInput({
        currentPassword: 'not the right one',
        newPassword: 'another passphrase for tests',
      }),
      403: byKeyWithoutScope,
      409: 'two changes at once: packages/core/src/users/change-password.test.ts',
    },
  },
  'users.me.update': {
    callers: signedIn,
    validCall: (_fixture, caller) => ({ input: { name: `Name of ${caller}` } }),
    changes: true,
    volatileFields: ['/updatedAt'],
    errors: { 400: byInput({ name: '' }), 403: byKeyWithoutScope },
  },
};
