import { randomUUID } from 'node:crypto';
import { createUserSchema, invitations, managedUsers, users } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import type { World } from './fixture.js';
import { asCaller, byAsking, byInput, each } from './reach.js';
import { newAccount, signInAs, untilKeys } from './rows.auth.js';
import type { Row } from './rows.js';

const forSuperusers = { anonymous: 401, user: 403, other: 403 } as const;
const unknown = byAsking(() => ({ input: { id: randomUUID() } }));
async function someone({ server, database }: World): Promise<{ id: string; email: string }> {
  const account = newAccount();
  await server.rest('POST', '/auth/register', { body: account });
  const { rows } = await database.query('SELECT id::text, email FROM users WHERE email = $1', [
    account.email,
  ]);
  return rows[0];
}

async function superuserId({ server, tokenOf }: World): Promise<string> {
  return (await server.rest('GET', '/auth/me', { token: tokenOf('superuser') })).body.id;
}

const invitee = () => ({ email: `${randomUUID()}@example.org` });

/** The token of an invitation; only the mail holds the real one. */
async function invitationToken(
  { server, database, tokenOf }: World,
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

/** Signs in as a superuser whose last sign-in counts as hours ago. */
async function staleSuperuser(world: World): Promise<string | undefined> {
  const account = newAccount();
  const token = await signInAs(world, 'superuser', account);
  await world.database.query(
    "UPDATE sessions SET authenticated_at = now() - interval '1 hour' FROM users WHERE user_id = users.id AND email = $1",
    [account.email],
  );
  return token;
}

export const usersRows: Record<string, Row> = {
  'users.me.remove': {
    endpoint: users.removeMe,
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    ask: async (world, caller) => ({
      input: { password },
      token: await signInAs(world, caller, { ...newAccount(), password }),
    }),
    changes: true,
    errors: {
      400: byInput({ password: 'not the right one' }),
      403: untilKeys,
      409: 'users.e2e.test.ts: the last superuser',
    },
  },
  'users.me.changeEmail': {
    endpoint: users.changeEmail,
    callers: { anonymous: 401, user: 202, other: 202, superuser: 202 },
    async ask(world, caller) {
      const account = newAccount();
      const input = { email: newAccount().email, currentPassword: account.password };
      return { input, token: await signInAs(world, caller, account) };
    },
    changes: true,
    errors: {
      400: byInput({ email: 'new@example.org', currentPassword: 'not the right one' }),
      403: untilKeys,
      409: byAsking(async (world) => {
        const account = newAccount();
        const input = { email: (await someone(world)).email, currentPassword: account.password };
        return { input, token: await signInAs(world, 'user', account) };
      }),
    },
  },
  'users.sendReset': {
    endpoint: managedUsers.sendReset,
    callers: { ...forSuperusers, superuser: 202 },
    ask: async (world) => ({ input: { id: (await someone(world)).id } }),
    changes: true,
    errors: { 400: byInput({ id: 'no uuid' }), 403: asCaller('user'), 404: unknown },
  },
  'users.list': {
    endpoint: managedUsers.list,
    callers: { ...forSuperusers, superuser: 200 },
    ask: () => ({ input: { q: 'person1', role: 'user', disabled: false, size: 2 } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
  'users.get': {
    endpoint: managedUsers.get,
    callers: { ...forSuperusers, superuser: 200 },
    ask: async (world) => ({ input: { id: await superuserId(world) } }),
    changes: false,
    errors: { 400: byInput({ id: 'no uuid' }), 403: asCaller('user'), 404: unknown },
  },
  'users.create': {
    endpoint: managedUsers.create,
    callers: { ...forSuperusers, superuser: 201 },
    ask: () => ({ input: newAccount() }),
    changes: true,
    undo: ({ database }, input) =>
      database.query('DELETE FROM users WHERE email = $1', [
        createUserSchema.safeParse(input).data?.email,
      ]),
    differs: ['/id', '/email', '/name', '/createdAt', '/updatedAt'],
    errors: {
      400: byInput({ email: 'nobody', password }),
      403: each(
        asCaller('user'),
        byAsking(async (world) => ({
          token: await staleSuperuser(world),
          input: { ...newAccount(), role: 'superuser' },
        })),
      ),
      409: byAsking(async (world) => ({
        input: { ...newAccount(), email: (await someone(world)).email },
      })),
    },
  },
  'users.update': {
    endpoint: managedUsers.update,
    callers: { ...forSuperusers, superuser: 200 },
    ask: async (world) => ({ input: { id: (await someone(world)).id, role: 'superuser' } }),
    changes: true,
    differs: ['/id', '/email', '/name', '/createdAt', '/updatedAt'],
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: each(
        byAsking(async (world) => ({ input: { id: await superuserId(world), disabled: true } })),
        byAsking(async (world) => ({ token: await staleSuperuser(world) })),
      ),
      404: unknown,
      409: byAsking(async (world) => ({
        input: { id: (await someone(world)).id, email: (await someone(world)).email },
      })),
    },
  },
  'users.remove': {
    endpoint: managedUsers.remove,
    callers: { ...forSuperusers, superuser: 204 },
    ask: async (world) => ({
      input: { id: (await someone(world)).id, handOverTo: await superuserId(world) },
    }),
    changes: true,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: byAsking(async (world) => ({ input: { id: await superuserId(world) } })),
      404: unknown,
      409: byAsking(async (world) => {
        const { id } = await someone(world);
        return { input: { id, handOverTo: id } };
      }),
    },
  },
  'invitations.list': {
    endpoint: invitations.list,
    callers: { ...forSuperusers, superuser: 200 },
    ask: () => ({ input: { size: 2 } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
  'invitations.create': {
    endpoint: invitations.create,
    callers: { ...forSuperusers, superuser: 201 },
    ask: () => ({ input: invitee() }),
    changes: true,
    differs: ['/id', '/email', '/createdAt', '/expiresAt'],
    errors: {
      400: byInput({ email: 'nobody' }),
      403: asCaller('user'),
      409: byAsking(async (world) => ({ input: { email: (await someone(world)).email } })),
    },
  },
  'invitations.remove': {
    endpoint: invitations.remove,
    callers: { ...forSuperusers, superuser: 204 },
    async ask({ server, tokenOf }) {
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
    endpoint: invitations.accept,
    callers: { anonymous: 204, user: 204, other: 204, superuser: 204 },
    ask: async (world) => ({ input: { token: await invitationToken(world), password } }),
    changes: true,
    errors: {
      400: byInput({ token: 'none of ours', password }),
      403: async ({ closed, ask }) =>
        Promise.all([closed.rest(await ask()), closed.rpc(await ask())]),
      409: byAsking(async (world) => {
        const { email } = invitee();
        const token = await invitationToken(world, email);
        await world.server.rest('POST', '/auth/register', { body: { email, password } });
        return { input: { token, password } };
      }),
    },
  },
};
