import { randomUUID } from 'node:crypto';
import { auth, users } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { admin } from '../server-under-test.js';
import type { Caller, World } from './fixture.js';
import { byAsking, byInput, byKeyWithoutScope } from './reach.js';
import type { Row } from './rows.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;
const tokens = ['/accessToken', '/refreshToken'];
/** Whoever is signed in may call; forbidden it is only to API keys. */
export const untilKeys = byKeyWithoutScope;

export const newAccount = () => ({
  email: `${randomUUID()}@example.org`,
  password: 'a passphrase for tests',
});

async function disabledAccount({ server, database }: World) {
  const account = newAccount();
  await server.rest('POST', '/auth/register', { body: account });
  await database.query('UPDATE users SET disabled_at = now() WHERE email = $1', [account.email]);
  return account;
}

/** The token of a mail to a new account, made as the worker would. */
async function mailedToken(
  { server, database }: World,
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
 * Makes the account with the role of a caller, and signs it in; for calls that would end the
 * caller's own.
 */
export async function signInAs(
  world: World,
  caller: Caller,
  account: { email: string; password: string },
) {
  if (caller === 'anonymous') return undefined;
  await world.server.rest('POST', '/auth/register', { body: account });
  if (caller === 'superuser')
    await world.database.query("UPDATE users SET role = 'superuser' WHERE email = $1", [
      account.email,
    ]);
  return (await world.signIn(account)).accessToken;
}

export const authRows: Record<string, Row> = {
  'auth.register': {
    endpoint: auth.register,
    callers: { anonymous: 202, user: 202, other: 202, superuser: 202 },
    ask: () => ({ input: newAccount() }),
    changes: true,
    errors: {
      400: byInput({ email: 'ann@example.org', password: 'too short' }),
      403: async ({ closed, ask }) =>
        Promise.all([closed.rest(await ask()), closed.rpc(await ask())]),
    },
  },
  'auth.login': {
    endpoint: auth.login,
    callers: { anonymous: 200, user: 200, other: 200, superuser: 200 },
    ask: ({ guest: { email, password } }) => ({ input: { email, password } }),
    changes: true,
    differs: tokens,
    errors: {
      400: byInput({ email: 'ann@example.org' }),
      401: byInput({ email: 'ann@example.org', password: 'not the right one' }),
      403: byAsking(async (world) => ({ input: await disabledAccount(world) })),
    },
  },
  'auth.refresh': {
    endpoint: auth.refresh,
    callers: { anonymous: 200, user: 200, other: 200, superuser: 200 },
    async ask({ signIn }) {
      const { refreshToken } = await signIn();
      return { input: { refreshToken } };
    },
    changes: true,
    differs: tokens,
    errors: {
      400: byInput({ refreshToken: '' }),
      401: byInput({ refreshToken: 'none of ours' }),
      403: 'only for a cookie from elsewhere: cookie.e2e.test.ts',
    },
  },
  'auth.logout': {
    endpoint: auth.logout,
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async ask({ signIn }, caller) {
      if (caller === 'anonymous') return {};
      return { token: (await (caller === 'superuser' ? signIn(admin) : signIn())).accessToken };
    },
    changes: true,
    errors: {
      401: byAsking(async () => ({ token: 'none.of.ours' })),
      403: 'only for a cookie from elsewhere: cookie.e2e.test.ts',
    },
  },
  'auth.verify': {
    endpoint: auth.verify,
    callers: { anonymous: 204, user: 204, other: 204, superuser: 204 },
    ask: async (world) => ({ input: { token: await mailedToken(world, 'verify') } }),
    changes: true,
    errors: { 400: byInput({ token: 'none of ours' }) },
  },
  'auth.resend': {
    endpoint: auth.resend,
    callers: { anonymous: 202, user: 202, other: 202, superuser: 202 },
    ask: () => ({ input: { email: 'ann@example.org' } }),
    changes: true,
    errors: { 400: byInput({ email: 'nobody' }) },
  },
  'auth.forgot': {
    endpoint: auth.forgot,
    callers: { anonymous: 202, user: 202, other: 202, superuser: 202 },
    ask: () => ({ input: { email: 'ann@example.org' } }),
    changes: true,
    errors: { 400: byInput({ email: 'nobody' }) },
  },
  'auth.reset': {
    endpoint: auth.reset,
    callers: { anonymous: 204, user: 204, other: 204, superuser: 204 },
    ask: async (world) => ({
      input: {
        token: await mailedToken(world, 'reset'),
        newPassword: 'another passphrase for tests',
      },
    }),
    changes: true,
    errors: {
      400: byInput({ token: 'none of ours', newPassword: 'another passphrase for tests' }),
    },
  },
  'auth.reauthenticate': {
    endpoint: auth.reauthenticate,
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async ask(world, caller) {
      const account = newAccount();
      return {
        input: { password: account.password },
        token: await signInAs(world, caller, account),
      };
    },
    changes: true,
    errors: { 400: byInput({ password: 'not the right one' }), 403: untilKeys },
  },
  'auth.me': { endpoint: auth.me, callers: signedIn, changes: false, errors: { 403: untilKeys } },
  'users.me.get': {
    endpoint: users.me,
    callers: signedIn,
    changes: false,
    errors: { 403: untilKeys },
  },
  'users.me.changePassword': {
    endpoint: users.changePassword,
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    async ask(world, caller) {
      const account = newAccount();
      const input = {
        currentPassword: account.password,
        newPassword: 'another passphrase for tests',
      };
      return { input, token: await signInAs(world, caller, account) };
    },
    changes: true,
    errors: {
      400: byInput({
        currentPassword: 'not the right one',
        newPassword: 'another passphrase for tests',
      }),
      403: untilKeys,
      409: 'two changes at once: packages/core/src/users/change-password.test.ts',
    },
  },
  'users.me.update': {
    endpoint: users.updateMe,
    callers: signedIn,
    ask: (_world, caller) => ({ input: { name: `Name of ${caller}` } }),
    changes: true,
    differs: ['/updatedAt'],
    errors: { 400: byInput({ name: '' }), 403: untilKeys },
  },
};
