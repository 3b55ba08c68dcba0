import { randomBytes, randomUUID } from 'node:crypto';
import type { ManagedUsersService, Role, User, UserCall } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createManagedUsersService } from './managed-users.service.js';
import { createRemoveMe } from './remove-me.js';

const refused = { code: 'unauthenticated' };
let fixture: AuthFixture;
let service: ManagedUsersService;
let removeMe: ReturnType<typeof createRemoveMe>;
beforeEach(async () => {
  fixture = await createAuthFixture();
  service = createManagedUsersService(fixture);
  removeMe = createRemoveMe(fixture);
});
afterEach(() => fixture.close());

async function signedIn(role: Role = 'user') {
  const user = await fixture.makeUser({ role });
  const tokens = await fixture.auth.login(call, { email: user.email, password });
  return { user, tokens, me: await fixture.callOf(tokens.accessToken) };
}

const trailOf = async (userId: string) =>
  (
    await fixture.db.event.findMany({
      where: { subject: `user ${userId}` },
      orderBy: { id: 'asc' },
    })
  ).map(({ type, actorId, payload }) => ({ type, actorId, payload }));

async function dashboardOf({ id }: User): Promise<string> {
  return (await fixture.db.dashboard.create({ data: { ownerId: id, name: 'Home' } })).id;
}

describe('users are listed', () => {
  test('page by page, newest first, and found by a literal part of address or name', async () => {
    const { me } = await signedIn('superuser');
    for (const [email, name] of [
      ['ada_l@example.org', 'Ada Lovelace'],
      ['adam@example.org', '100% Adam'],
      ['grace@example.org', 'Grace'],
    ] as const) {
      await service.create(me, { email, name, password, role: 'user' });
    }
    const first = await service.list(me, { size: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['Grace', '100% Adam']);
    const second = await service.list(me, { size: 2, cursor: first.nextCursor ?? '' });
    expect(second.items.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Someone']);
    expect(second.nextCursor).toBeNull();
    const found = async (q: string) =>
      (await service.list(me, { size: 10, q })).items.map(({ email }) => email);
    expect(await found('LOVE')).toEqual(['ada_l@example.org']);
    expect(await found('ada_')).toEqual(['ada_l@example.org']);
    expect(await found('%')).toEqual(['adam@example.org']);
    expect(await found('\\')).toEqual([]);
  });

  test('by role and by whether they are disabled', async () => {
    const { me } = await signedIn('superuser');
    const { user } = await signedIn();
    await service.update(me, { id: user.id, disabled: true });
    const ids = async (filter: { role?: Role; disabled?: boolean }) =>
      (await service.list(me, { size: 10, ...filter })).items.map(({ id }) => id);
    expect(await ids({ disabled: true })).toEqual([user.id]);
    expect(await ids({ disabled: false })).toEqual([me.actor.userId]);
    expect(await ids({ role: 'superuser' })).toEqual([me.actor.userId]);
    expect(await ids({ role: 'superuser', disabled: true })).toEqual([]);
  });
});

describe('a created account', () => {
  test('can be used at once and is audited; a taken address is rejected and its account unchanged', async () => {
    const { me } = await signedIn('superuser');
    const made = await service.create(me, {
      email: 'carl@example.org',
      password,
      role: 'superuser',
    });
    expect(made).toMatchObject({
      name: 'carl',
      role: 'superuser',
      disabled: false,
      verified: true,
    });
    await fixture
      .authWith({ verifyEmail: true })
      .login(call, { email: 'carl@example.org', password });
    expect(await trailOf(made.id)).toEqual([
      { type: 'user.created', actorId: me.actor.userId, payload: { role: 'superuser' } },
    ]);
    const again = {
      email: 'carl@example.org',
      password: 'quite another password',
      role: 'user',
    } as const;
    await expect(service.create(me, again)).rejects.toMatchObject({ code: 'conflict' });
    await fixture.auth.login(call, { email: 'carl@example.org', password });
  });
});

describe('a change', () => {
  test.each([
    ['another role', { role: 'superuser' }, 'user.role-changed', { from: 'user', to: 'superuser' }],
    ['being disabled', { disabled: true }, 'user.disabled', {}],
  ] as const)(
    'to %s ends all sessions at once and is on the trail',
    async (_what, change, type, payload) => {
      const { me } = await signedIn('superuser');
      const { user, tokens } = await signedIn();
      expect(await service.update(me, { id: user.id, ...change })).toMatchObject(change);
      await expect(fixture.authenticate(tokens.accessToken)).rejects.toMatchObject(refused);
      await expect(
        fixture.auth.refresh(call, { refreshToken: tokens.refreshToken }),
      ).rejects.toMatchObject(refused);
      expect(await trailOf(user.id)).toEqual([{ type, actorId: me.actor.userId, payload }]);
    },
  );

  test('that changes nothing affects neither sessions nor audit log', async () => {
    const { me } = await signedIn('superuser');
    const { user, tokens } = await signedIn();
    await service.update(me, {
      id: user.id,
      role: 'user',
      disabled: false,
      name: user.name,
      email: user.email,
    });
    await fixture.authenticate(tokens.accessToken);
    expect(await trailOf(user.id)).toEqual([]);
  });

  test('of the address revokes links mailed to the old one', async () => {
    const { me } = await signedIn('superuser');
    const { user } = await signedIn();
    const token = generateToken();
    await fixture.mailTokens.insert({
      userId: user.id,
      purpose: 'reset',
      hash: hashToken(token),
      lifetime: 60,
    });
    await service.update(me, { id: user.id, email: 'new@example.org' });
    await expect(
      fixture.auth.reset(call, { token, newPassword: 'another passphrase' }),
    ).rejects.toMatchObject({
      code: 'bad_request',
    });
    await fixture.auth.login(call, { email: 'new@example.org', password });
    await expect(service.update(me, { id: user.id, email: me.actor.email })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('of one’s own role or state is forbidden, as is one’s own removal', async () => {
    await signedIn('superuser');
    const { me } = await signedIn('superuser');
    const { userId: id } = me.actor;
    for (const change of [{ role: 'user' }, { disabled: true }, { disabled: false }] as const)
      await expect(service.update(me, { id, ...change })).rejects.toMatchObject({
        code: 'forbidden',
      });
    await expect(service.remove(me, { id })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await service.update(me, { id, name: 'Me' })).toMatchObject({ name: 'Me' });
  });

  test('of an unknown user is "not found"', async () => {
    const { me } = await signedIn('superuser');
    const id = '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84';
    for (const attempt of [service.get, service.update, service.remove])
      await expect(attempt(me, { id })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a removed user', () => {
  test('hands over dashboards, and audit entries stay', async () => {
    const { me } = await signedIn('superuser');
    const { user, tokens } = await signedIn();
    const dashboard = await dashboardOf(user);
    await service.remove(me, { id: user.id, handOverTo: me.actor.userId });
    expect(await fixture.db.dashboard.findMany()).toMatchObject([
      { id: dashboard, ownerId: me.actor.userId },
    ]);
    await expect(fixture.authenticate(tokens.accessToken)).rejects.toMatchObject(refused);
    const trail = await trailOf(user.id);
    expect(trail).toEqual([
      {
        type: 'user.removed',
        actorId: me.actor.userId,
        payload: { handedOverTo: me.actor.userId },
      },
    ]);
  });

  test('leaves no API key, and each removal is audited', async () => {
    const { me } = await signedIn('superuser');
    const { user } = await signedIn();
    const data = {
      userId: user.id,
      name: 'Robot',
      secretHash: randomBytes(32),
      scopes: ['profile:read'],
    };
    const { id } = await fixture.db.apiKey.create({ data: { ...data, id: randomUUID() } });
    await service.remove(me, { id: user.id });
    expect(await fixture.db.event.findMany({ where: { subject: `api-key ${id}` } })).toMatchObject([
      { type: 'api-key.revoked', actorId: me.actor.userId },
    ]);
  });

  test('leaves no dashboards without a handover; an impossible handover removes no user', async () => {
    const { me } = await signedIn('superuser');
    const { user } = await signedIn();
    await dashboardOf(user);
    const unknownId = '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84';
    await expect(service.remove(me, { id: user.id, handOverTo: unknownId })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(service.remove(me, { id: user.id, handOverTo: user.id })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await fixture.db.dashboard.count()).toBe(1);
    await service.remove(me, { id: user.id });
    expect(await fixture.db.dashboard.count()).toBe(0);
    expect(await fixture.db.session.count({ where: { userId: user.id } })).toBe(0);
  });

  test('may be the caller, with the password', async () => {
    const { user, tokens, me } = await signedIn();
    await dashboardOf(user);
    await expect(removeMe(me, { password: 'not my password' })).rejects.toMatchObject({
      details: { errors: [{ pointer: '/password', code: 'wrong_password' }] },
    });
    await removeMe(me, { password });
    await expect(fixture.authenticate(tokens.accessToken)).rejects.toMatchObject(refused);
    await expect(fixture.auth.login(call, { email: user.email, password })).rejects.toMatchObject(
      refused,
    );
    expect(await fixture.db.user.count()).toBe(0);
    expect(await fixture.db.dashboard.count()).toBe(0);
    expect((await trailOf(user.id)).map(({ type }) => type)).toEqual([
      'user.sign-in-failed',
      'user.removed',
    ]);
  });
});

describe('the last superuser', () => {
  const superusers = () =>
    fixture.db.user.count({ where: { role: 'superuser', disabledAt: null } });

  test('cannot be removed, demoted or disabled', async () => {
    const { me, user } = await signedIn('superuser');
    const { me: gone } = await signedIn('superuser');
    await service.update(me, { id: gone.actor.userId, disabled: true });
    await expect(removeMe(me, { password })).rejects.toMatchObject({ code: 'conflict' });
    // A superuser who was demoted meanwhile still has this call in progress.
    for (const change of [{ role: 'user' }, { disabled: true }] as const)
      await expect(service.update(gone, { id: user.id, ...change })).rejects.toMatchObject({
        code: 'conflict',
      });
    await expect(service.remove(gone, { id: user.id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await superusers()).toBe(1);
  });

  const ways: ((me: UserCall, other: string) => Promise<unknown>)[] = [
    (me, id) => service.update(me, { id, role: 'user' }),
    (me, id) => service.update(me, { id, disabled: true }),
    (me, id) => service.remove(me, { id }),
    (me, id) => service.remove(me, { id, handOverTo: me.actor.userId }),
    (me) => removeMe(me, { password }),
  ];

  test('remains if all superusers remove each other concurrently', {
    timeout: 60_000,
  }, async () => {
    for (let round = 0; round < 10; round++) {
      const people = [
        await signedIn('superuser'),
        await signedIn('superuser'),
        await signedIn('superuser'),
      ];
      const acts = people.map(({ me }, index) => {
        const other = people[(index + 1) % people.length]?.me.actor.userId ?? '';
        return ways[(round + index) % ways.length]?.(me, other);
      });
      const results = await Promise.allSettled(acts);
      expect(await superusers()).toBeGreaterThanOrEqual(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'AppError' });
      await fixture.db.user.deleteMany();
    }
  });
});
