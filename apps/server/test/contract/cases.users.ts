import { randomUUID } from 'node:crypto';
import { createUserSchema } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { newAccount, signInAs } from './cases.auth.js';
import type { ContractCase } from './contract-case.js';
import { asCaller, byCall, byInput, byKeyWithoutScope, each } from './error-cases.js';
import type { Fixture } from './fixture.js';

const forSuperusers = { anonymous: 401, user: 403, other: 403 } as const;
const unknown = byCall(() => ({ input: { id: randomUUID() } }));
async function someone({ server, database }: Fixture): Promise<{ id: string; email: string }> {
  const account = newAccount();
  await server.rest('POST', '/auth/register', { body: account });
  const { rows } = await database.query('SELECT id::text, email FROM users WHERE email = $1', [
    account.email,
  ]);
  return rows[0];
}

async function superuserId({ server, tokenOf }: Fixture): Promise<string> {
  return (await server.rest('GET', '/auth/me', { token: tokenOf('superuser') })).body.id;
}

const invitee = () => ({ email: `${randomUUID()}@example.org` });

/** Replaces the token of a new invitation, because only the mail contains the original. */
async function invitationToken(
  { server, database, tokenOf }: Fixture,
  email = invitee().email,
): Promise<string> {
  const { body } = await server.rest('POST', '/invitations', {
    token: tokenOf('superuser'),
    body: { email },
  });
  const token = generateToken();
  await database.query('UPDATE invitations SET hash = $2 WHERE id = $1', [
    body.id,
    hashToken(token),
  ]);
  return token;
}

const password = 'a passphrase for tests';

/** Signs in as a superuser whose last sign-in is an hour old. */
async function staleSuperuser(fixture: Fixture): Promise<string | undefined> {
  const account = newAccount();
  const token = await signInAs(fixture, 'superuser', account);
  await fixture.database.query(
    "UPDATE sessions SET authenticated_at = now() - interval '1 hour' FROM users WHERE user_id = users.id AND email = $1",
    [account.email],
  );
  return token;
}

export const cases: Record<string, ContractCase> = {
  'users.me.remove': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    validCall: async (fixture, caller) => ({
      input: { password },
      token: await signInAs(fixture, caller, { ...newAccount(), password }),
    }),
    changes: true,
    errors: {
      400: byInput({ password: 'not the right one' }),
      403: byKeyWithoutScope,
      409: 'users.e2e.test.ts: the last superuser',
    },
  },
  'users.me.changeEmail': {
    callers: { anonymous: 401, user: 202, other: 202, superuser: 202 },
    async validCall(fixture, caller) {
      const account = newAccount();
      const input = { email: newAccount().email, currentPassword: account.password };
      return { input, token: await signInAs(fixture, caller, account) };
    },
    changes: true,
    errors: {
      400: byInput({ email: 'new@example.org', currentPassword: 'not the right one' }),
      403: byKeyWithoutScope,
      409: byCall(async (fixture) => {
        const account = newAccount();
        const input = { email: (await someone(fixture)).email, currentPassword: account.password };
        return { input, token: await signInAs(fixture, 'user', account) };
      }),
    },
  },
  'users.sendReset': {
    callers: { ...forSuperusers, superuser: 202 },
    validCall: async (fixture) => ({ input: { id: (await someone(fixture)).id } }),
    changes: true,
    errors: { 400: byInput({ id: 'no uuid' }), 403: asCaller('user'), 404: unknown },
  },
  'users.list': {
    callers: { ...forSuperusers, superuser: 200 },
    validCall: () => ({ input: { q: 'person1', role: 'user', disabled: false, size: 2 } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
  'users.get': {
    callers: { ...forSuperusers, superuser: 200 },
    validCall: async (fixture) => ({ input: { id: await superuserId(fixture) } }),
    changes: false,
    errors: { 400: byInput({ id: 'no uuid' }), 403: asCaller('user'), 404: unknown },
  },
  'users.create': {
    callers: { ...forSuperusers, superuser: 201 },
    validCall: () => ({ input: newAccount() }),
    changes: true,
    undo: ({ database }, input) =>
      database.query('DELETE FROM users WHERE email = $1', [
        createUserSchema.safeParse(input).data?.email,
      ]),
    volatileFields: ['/id', '/email', '/name', '/createdAt', '/updatedAt'],
    errors: {
      400: byInput({ email: 'not-an-address', password }),
      403: each(
        asCaller('user'),
        byCall(async (fixture) => ({
          token: await staleSuperuser(fixture),
          input: { ...newAccount(), role: 'superuser' },
        })),
      ),
      409: byCall(async (fixture) => ({
        input: { ...newAccount(), email: (await someone(fixture)).email },
      })),
    },
  },
  'users.update': {
    callers: { ...forSuperusers, superuser: 200 },
    validCall: async (fixture) => ({
      input: { id: (await someone(fixture)).id, role: 'superuser' },
    }),
    changes: true,
    volatileFields: ['/id', '/email', '/name', '/createdAt', '/updatedAt'],
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: each(
        byCall(async (fixture) => ({ input: { id: await superuserId(fixture), disabled: true } })),
        byCall(async (fixture) => ({ token: await staleSuperuser(fixture) })),
      ),
      404: unknown,
      409: byCall(async (fixture) => ({
        input: { id: (await someone(fixture)).id, email: (await someone(fixture)).email },
      })),
    },
  },
  'users.remove': {
    callers: { ...forSuperusers, superuser: 204 },
    validCall: async (fixture) => ({
      input: { id: (await someone(fixture)).id, handOverTo: await superuserId(fixture) },
    }),
    changes: true,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: byCall(async (fixture) => ({ input: { id: await superuserId(fixture) } })),
      404: unknown,
      409: byCall(async (fixture) => {
        const { id } = await someone(fixture);
        return { input: { id, handOverTo: id } };
      }),
    },
  },
  'invitations.list': {
    callers: { ...forSuperusers, superuser: 200 },
    validCall: () => ({ input: { size: 2 } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
  'invitations.create': {
    callers: { ...forSuperusers, superuser: 201 },
    validCall: () => ({ input: invitee() }),
    changes: true,
    volatileFields: ['/id', '/email', '/createdAt', '/expiresAt'],
    errors: {
      400: byInput({ email: 'not-an-address' }),
      403: asCaller('user'),
      409: byCall(async (fixture) => ({ input: { email: (await someone(fixture)).email } })),
    },
  },
  'invitations.remove': {
    callers: { ...forSuperusers, superuser: 204 },
    async validCall({ server, tokenOf }) {
      const { body } = await server.rest('POST', '/invitations', {
        token: tokenOf('superuser'),
        body: invitee(),
      });
      return { input: { id: body.id } };
    },
    changes: true,
    errors: { 400: byInput({ id: 'no uuid' }), 403: asCaller('user'), 404: unknown },
  },
  'invitations.accept': {
    callers: { anonymous: 204, user: 204, other: 204, superuser: 204 },
    validCall: async (fixture) => ({ input: { token: await invitationToken(fixture), password } }),
    changes: true,
    errors: {
      400: byInput({ token: 'unknown token', password }),
      403: async ({ closed, validCall }) =>
        Promise.all([closed.rest(await validCall()), closed.rpc(await validCall())]),
      409: byCall(async (fixture) => {
        const { email } = invitee();
        const token = await invitationToken(fixture, email);
        await fixture.server.rest('POST', '/auth/register', { body: { email, password } });
        return { input: { token, password } };
      }),
    },
  },
};
