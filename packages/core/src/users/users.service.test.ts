import { type Mail, tooManyRequests, type UpdateUser } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { noIdentityGuard } from '../identity/identity-guard.js';
import { createRequireOwnPassword } from '../identity/own-account.js';
import { createChangeEmail } from './change-email.js';
import { createChangePassword } from './change-password.js';
import { createManagedUsersService } from './managed-users.service.js';
import { createUsersService } from './users.service.js';

let fixture: AuthFixture;
beforeAll(async () => {
  fixture = await createAuthFixture();
});
afterAll(() => fixture.close());

async function signedIn() {
  const user = await fixture.makeUser();
  const { accessToken } = await fixture.auth.login(call, { email: user.email, password });
  return {
    user,
    me: await fixture.callOf(accessToken),
    service: createUsersService(fixture),
  };
}

test('a new name is stored, audited once, and changes nothing else', async () => {
  const { user, me, service } = await signedIn();
  const { updatedAt, ...renamed } = await service.updateMe(me, { name: 'Ada' });
  const { updatedAt: before, ...rest } = user;
  expect(renamed).toEqual({ ...rest, name: 'Ada' });
  expect(updatedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(await service.updateMe(me, { name: 'Ada' })).toEqual({ ...renamed, updatedAt });
  expect(await service.me(me)).toEqual({ ...renamed, updatedAt });
  const events = await fixture.db.event.findMany({
    where: { subject: `user ${user.id}`, type: 'user.updated' },
  });
  expect(events).toMatchObject([
    { actorId: user.id, address: '192.0.2.1', requestId: 'test', source: 'user' },
  ]);
});

test('renames are limited by user or API key, and a rejected one is not stored', async () => {
  const { user, me } = await signedIn();
  const counted: string[] = [];
  const guard = {
    ...noIdentityGuard,
    async change(id: string) {
      counted.push(id);
      if (counted.length > 2) throw tooManyRequests('Too many changes', 60);
    },
  };
  const service = createUsersService({ ...fixture, guard });
  const key = { id: 'a key', scopes: [], dashboardId: null };
  await service.updateMe(me, { name: 'Ada' });
  await service.updateMe(me, { name: 'Ada' });
  await service.updateMe({ ...me, actor: { ...me.actor, key } }, { name: 'Ada L.' });
  await expect(service.updateMe(me, { name: 'Ada Lovelace' })).rejects.toMatchObject({
    code: 'too_many_requests',
  });
  expect(counted).toEqual([user.id, 'a key', user.id]);
  expect(await service.me(me)).toMatchObject({ name: 'Ada L.' });
  expect(
    await fixture.db.event.count({ where: { subject: `user ${user.id}`, type: 'user.updated' } }),
  ).toBe(2);
});

test('an empty update changes nothing', async () => {
  const { user, me, service } = await signedIn();
  expect(await service.updateMe(me, {})).toEqual(user);
  expect(await service.updateMe(me, { name: undefined })).toEqual(user);
});

test('other profiles stay unchanged', async () => {
  const [mine, other] = [await signedIn(), await signedIn()];
  await mine.service.updateMe(mine.me, { name: 'Ada' });
  expect(await other.service.me(other.me)).toEqual(other.user);
});

test('the profile of an account that was removed is "unauthenticated"', async () => {
  const { user, me, service } = await signedIn();
  await fixture.db.user.delete({ where: { id: user.id } });
  await expect(service.me(me)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(service.updateMe(me, { name: 'Ada' })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

describe('a pending address change', () => {
  /**
   * Requests it.
   * @returns the token of the link in its mail
   */
  async function asked() {
    const { user, me } = await signedIn();
    const sent: Mail[] = [];
    const changeEmail = createChangeEmail({
      ...fixture,
      verifyEmail: true,
      linkTo: (path) => `https://synap.example.org${path}`,
      sendMail: async (_within, mail) => void sent.push(mail),
    });
    await changeEmail(me, { email: `new-${user.email}`, currentPassword: password });
    const [mail] = sent;
    const token = mail && 'link' in mail.values ? (mail.values.link.split('#')[1] ?? '') : '';
    return { user, me, changeEmail, verify: () => fixture.auth.verify(call, { token }) };
  }
  const spent = { code: 'bad_request', details: { errors: [{ code: 'invalid_token' }] } };

  const measures: Record<string, (of: Awaited<ReturnType<typeof asked>>) => Promise<unknown>> = {
    'the password is changed': ({ me }) =>
      createChangePassword(fixture)(me, {
        currentPassword: password,
        newPassword: 'another passphrase altogether',
      }),
    'a new password is chosen by a link': async ({ user }) => {
      const token = generateToken();
      const link = {
        userId: user.id,
        purpose: 'reset',
        hash: hashToken(token),
        lifetime: 600,
      } as const;
      await fixture.transaction(({ mailTokens }) => mailTokens.insert(link));
      await fixture.auth.reset(call, { token, newPassword: 'another passphrase altogether' });
    },
    'an administrator disables the account': ({ user }) =>
      administer({ id: user.id, disabled: true }),
    'an administrator demands a new password': ({ user }) =>
      administer({ id: user.id, mustChangePassword: true }),
  };

  async function administer(update: UpdateUser) {
    const superuser = await fixture.makeUser({ role: 'superuser' });
    const { accessToken } = await fixture.auth.login(call, { email: superuser.email, password });
    const service = createManagedUsersService(fixture);
    await service.update(await fixture.callOf(accessToken), update);
  }

  test.each(Object.entries(measures))('is revoked when %s', async (_when, take) => {
    const request = await asked();
    await take(request);
    await expect(request.verify()).rejects.toMatchObject(spent);
    expect(await fixture.users.findById(request.user.id)).toMatchObject({
      email: request.user.email,
    });
  });

  test('is not granted if the password is changed concurrently', async () => {
    const { me, user } = await signedIn();
    const hasher = {
      async verify(hash: string, text: string) {
        const verdict = await fixture.hasher.verify(hash, text);
        await fixture.users.setOwnPassword(
          user.id,
          await fixture.hasher.hash('another passphrase altogether'),
        );
        return verdict;
      },
    };
    for (const verifyEmail of [true, false]) {
      await fixture.users.setOwnPassword(user.id, await fixture.hasher.hash(password));
      const requireOwnPassword = createRequireOwnPassword({ ...fixture, hasher });
      const change = createChangeEmail({ ...fixture, requireOwnPassword, verifyEmail });
      await expect(
        change(me, { email: 'moved@example.org', currentPassword: password }),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
    }
    expect(await fixture.db.mailToken.count({ where: { userId: user.id } })).toBe(0);
    expect(await fixture.users.findById(user.id)).toMatchObject({ email: user.email });
  });

  test('is also limited by user, across network addresses', async () => {
    const { user, me } = await signedIn();
    const counted: string[] = [];
    const guard = { ...noIdentityGuard, resend: async (by: string) => void counted.push(by) };
    const change = createChangeEmail({
      ...fixture,
      guard,
      verifyEmail: true,
      linkTo: (path) => path,
    });
    await change(me, { email: `other-${user.email}`, currentPassword: password });
    expect(counted).toEqual([call.address, user.id]);
  });

  test('stores the same rows for an address that has an account', async () => {
    const [taken, free] = [await fixture.makeUser(), 'free@example.org'];
    const rows = async () => [await fixture.db.mail.count(), await fixture.db.mailToken.count()];
    const { me } = await signedIn();
    const change = createChangeEmail({ ...fixture, verifyEmail: true, linkTo: (path) => path });
    const grown: number[][] = [];
    for (const wanted of [taken.email, free]) {
      const before = await rows();
      await change(me, { email: wanted, currentPassword: password });
      grown.push((await rows()).map((count, index) => count - (before[index] ?? 0)));
    }
    expect(grown).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});
