import type { InvitationsService, ManagedUsersService, UserCall } from '@synap/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createManagedUsersService } from '../users/managed-users.service.js';
import { createInvitationsService } from './invitations.service.js';

const email = 'carl@example.org';
const spent = {
  code: 'bad_request',
  details: { errors: [{ pointer: '/token', code: 'invalid_token' }] },
};
let fixture: AuthFixture;
let service: InvitationsService;
let me: UserCall;
const serviceWith = (signup: 'open' | 'invite' | 'closed') =>
  createInvitationsService({
    ...fixture,
    signup,
  });

beforeEach(async () => {
  fixture = await createAuthFixture();
  service = serviceWith('invite');
  const admin = await fixture.makeUser({ role: 'superuser' });
  me = await fixture.callOf(
    (await fixture.auth.login(call, { email: admin.email, password })).accessToken,
  );
});
afterEach(() => fixture.close());

/** Invites, and returns the token from the mail. */
async function invited(role: 'user' | 'superuser' = 'user', by = me) {
  const invitation = await service.create(by, { email, role });
  const [mail] = await fixture.sendMails();
  expect(mail).toMatchObject({
    template: 'invite',
    to: email,
    values: { invitedBy: 'Someone', hours: 72 },
  });
  const link = mail && 'link' in mail.values ? mail.values.link : '';
  return { invitation, token: link.replace('https://synap.example.org/invite#', '') };
}

test('an invitation creates one account with its role, usable at once', async () => {
  const { invitation, token } = await invited('superuser');
  expect(invitation).toMatchObject({
    email,
    role: 'superuser',
    invitedById: me.actor.userId,
    acceptedAt: null,
  });
  await service.accept(call, { token, password, name: 'Carl' });
  const auth = fixture.authWith({ verifyEmail: true, signup: 'invite' });
  const { accessToken } = await auth.login(call, { email, password });
  expect((await fixture.callOf(accessToken)).actor).toMatchObject({ role: 'superuser' });
  await expect(service.accept(call, { token, password })).rejects.toMatchObject(spent);
  expect((await service.list(me, { size: 10 })).items).toMatchObject([
    { id: invitation.id, acceptedAt: expect.any(Date) },
  ]);
  const types = await fixture.db.event.findMany({
    where: { OR: [{ subject: `invitation ${invitation.id}` }, { type: 'user.registered' }] },
    orderBy: { id: 'asc' },
    select: { type: true },
  });
  expect(types.map(({ type }) => type)).toEqual([
    'invitation.created',
    'invitation.accepted',
    'user.registered',
  ]);
});

test('a password that violates the policy leaves the invitation open', async () => {
  const { token } = await invited();
  await expect(service.accept(call, { token, password: 'short' })).rejects.toMatchObject({
    details: { errors: [{ pointer: '/password' }] },
  });
  await service.accept(call, { token, password });
});

test('a repeated invitation, a withdrawal and time end the link', async () => {
  const first = await invited();
  const second = await invited();
  await expect(service.accept(call, { token: first.token, password })).rejects.toMatchObject(spent);
  const ended = { type: 'invitation.withdrawn', subject: `invitation ${first.invitation.id}` };
  expect(await fixture.db.event.count({ where: ended })).toBe(1);
  await expect(service.remove(me, { id: first.invitation.id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await service.remove(me, { id: second.invitation.id });
  await expect(service.accept(call, { token: second.token, password })).rejects.toMatchObject(
    spent,
  );
  const third = await invited();
  await fixture.db
    .$executeRaw`UPDATE invitations SET expires_at = clock_timestamp() - interval '1 second'`;
  await expect(service.accept(call, { token: third.token, password })).rejects.toMatchObject(spent);
});

test.each<[string, (users: ManagedUsersService, id: string) => Promise<unknown>]>([
  ['is disabled', (users, id) => users.update(me, { id, disabled: true })],
  ['is demoted', (users, id) => users.update(me, { id, role: 'user' })],
  ['is removed', (users, id) => users.remove(me, { id })],
])('if the inviter %s, open invitations are withdrawn and new ones rejected', async (_how, end) => {
  const users = createManagedUsersService(fixture);
  const { id } = await fixture.makeUser({ role: 'superuser' });
  const by = { ...me, actor: { ...me.actor, userId: id } };
  const { token, invitation } = await invited('superuser', by);
  await end(users, id);
  await expect(service.accept(call, { token, password })).rejects.toMatchObject(spent);
  const withdrawn = { type: 'invitation.withdrawn', subject: `invitation ${invitation.id}` };
  expect(await fixture.db.event.count({ where: withdrawn })).toBe(1);
  await expect(service.create(by, { email, role: 'superuser' })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('an invitation that is accepted concurrently creates one account', async () => {
  const { token } = await invited();
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => service.accept(call, { token, password })),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await fixture.db.user.count({ where: { email } })).toBe(1);
});

test('an address with an account cannot be invited; one that got an account meanwhile keeps it', async () => {
  await expect(service.create(me, { email: me.actor.email, role: 'user' })).rejects.toMatchObject({
    code: 'conflict',
  });
  const { token } = await invited('superuser');
  await fixture.auth.register(call, { email, password: 'quite another password' });
  await expect(service.accept(call, { token, password })).rejects.toMatchObject({
    code: 'conflict',
  });
  const { accessToken } = await fixture.auth.login(call, {
    email,
    password: 'quite another password',
  });
  expect((await fixture.callOf(accessToken)).actor).toMatchObject({ role: 'user' });
});

test('the address of a removed account can be invited again', async () => {
  const first = await invited();
  await service.accept(call, { token: first.token, password });
  await fixture.db.user.delete({ where: { email } });
  const second = await invited();
  await service.accept(call, { token: second.token, password });
});

test('if sign-up is closed, no invitation can be created or accepted', async () => {
  const { token } = await invited();
  const closed = serviceWith('closed');
  await expect(closed.create(me, { email: 'dora@example.org', role: 'user' })).rejects.toThrow(
    'SIGNUP=invite',
  );
  await expect(closed.accept(call, { token, password })).rejects.toMatchObject({
    code: 'forbidden',
  });
});
