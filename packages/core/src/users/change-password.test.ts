import { generateToken, hashToken } from '@synap/security';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createRequireOwnPassword } from '../identity/own-account.js';
import { createChangePassword } from './change-password.js';

const newPassword = 'another passphrase altogether';
let fixture: AuthFixture;
let changePassword: ReturnType<typeof createChangePassword>;
beforeAll(async () => {
  fixture = await createAuthFixture();
  changePassword = createChangePassword(fixture);
});
afterAll(() => fixture.close());

async function signedIn() {
  const user = await fixture.makeUser();
  const signIn = (text = password) =>
    fixture.auth.login(call, { email: user.email, password: text });
  const { accessToken } = await signIn();
  return { user, signIn, me: await fixture.callOf(accessToken), accessToken };
}

test('a password change ends all other sessions at once, sends a mail and is audited', async () => {
  const { user, signIn, me, accessToken } = await signedIn();
  const other = await signIn();
  await fixture.authenticate(other.accessToken);
  await changePassword(me, { currentPassword: password, newPassword });
  await expect(fixture.authenticate(other.accessToken)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  await expect(
    fixture.auth.refresh(call, { refreshToken: other.refreshToken }),
  ).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  await expect(fixture.authenticate(accessToken)).resolves.toMatchObject({ userId: user.id });
  await expect(signIn()).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(signIn(newPassword)).resolves.toBeDefined();
  const where = { subject: `user ${user.id}`, type: 'user.password-changed' };
  expect(await fixture.db.event.findMany({ where })).toMatchObject([
    { actorId: user.id, source: 'user' },
  ]);
  expect(await fixture.db.mail.count({ where: { template: 'password-changed' } })).toBe(1);
});

test('an earlier reset link does not work after the change', async () => {
  const { user, me, signIn } = await signedIn();
  const token = generateToken();
  const link = {
    userId: user.id,
    purpose: 'reset',
    hash: hashToken(token),
    lifetime: 600,
  } as const;
  await fixture.transaction(({ mailTokens }) => mailTokens.insert(link));
  await changePassword(me, { currentPassword: password, newPassword });
  const reset = fixture.auth.reset(call, { token, newPassword: 'a passphrase of a thief' });
  await expect(reset).rejects.toMatchObject({ code: 'bad_request' });
  await signIn(newPassword);
});

test('a wrong current password and a weak new one change nothing', async () => {
  const { user, me, signIn } = await signedIn();
  const faults = [
    [{ currentPassword: 'not this one at all', newPassword }, '/currentPassword'],
    [{ currentPassword: password, newPassword: 'short' }, '/newPassword'],
  ] as const;
  for (const [input, pointer] of faults)
    await expect(changePassword(me, input)).rejects.toMatchObject({
      code: 'bad_request',
      details: { errors: [{ pointer }] },
    });
  await expect(signIn()).resolves.toBeDefined();
  const events = await fixture.db.event.findMany({ where: { subject: `user ${user.id}` } });
  expect(events).toMatchObject([{ type: 'user.sign-in-failed' }]);
});

test('wrong current passwords count like failed sign-ins: after many the owner gets a mail', async () => {
  const { user, me } = await signedIn();
  const guard = {
    login: async () => {},
    loginFailed: async () => ({ notify: true, delayMs: 0 }),
    mayRecord: async () => true,
  };
  const change = createChangePassword({
    ...fixture,
    requireOwnPassword: createRequireOwnPassword({ ...fixture, guard }),
  });
  await expect(
    change(me, { currentPassword: 'not this one at all', newPassword }),
  ).rejects.toMatchObject({
    code: 'bad_request',
  });
  const notice = { type: 'user.sign-in-failed-often', subject: `user ${user.id}` };
  expect(await fixture.db.event.count({ where: notice })).toBe(1);
});

test('one of two concurrent changes takes effect', async () => {
  const { me } = await signedIn();
  const change = (text: string) =>
    changePassword(me, { currentPassword: password, newPassword: text });
  const results = await Promise.allSettled([change(newPassword), change(`${newPassword} too`)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the same password is rejected in any Unicode form', async () => {
  const { user, signIn } = await signedIn();
  const [composed, decomposed] = [
    'a passphrase from Zürich'.normalize('NFC'),
    'a passphrase from Zürich'.normalize('NFD'),
  ];
  await fixture.users.replaceHash(user.id, await fixture.hasher.hash(composed));
  const me = await fixture.callOf((await signIn(composed)).accessToken);
  const unchanged = {
    code: 'bad_request',
    details: { errors: [{ pointer: '/newPassword', code: 'unchanged' }] },
  };
  for (const text of [composed, decomposed])
    await expect(
      changePassword(me, { currentPassword: composed, newPassword: text }),
    ).rejects.toMatchObject(unchanged);
});

test('a forced password change cannot be satisfied with the old password through a link', async () => {
  const { user } = await signedIn();
  const token = generateToken();
  const link = {
    userId: user.id,
    purpose: 'reset',
    hash: hashToken(token),
    lifetime: 600,
  } as const;
  await fixture.transaction(({ mailTokens }) => mailTokens.insert(link));
  await fixture.db.user.update({ where: { id: user.id }, data: { mustChangePassword: true } });
  await expect(fixture.auth.reset(call, { token, newPassword: password })).rejects.toMatchObject({
    details: { errors: [{ pointer: '/newPassword', code: 'unchanged' }] },
  });
  await fixture.auth.reset(call, { token, newPassword });
  expect(await fixture.users.findOwnCredentials(user.id)).toMatchObject({
    mustChangePassword: false,
  });
});
