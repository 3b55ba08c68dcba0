import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { ensureSuperuser } from './bootstrap-admin.js';

let fixture: AuthFixture;
beforeEach(async () => {
  fixture = await createAuthFixture();
});
afterEach(() => fixture.close());

test('a new installation gets one superuser, whose generated password works and is returned once', async () => {
  const made = await ensureSuperuser(fixture, { email: ' Admin@Example.ORG ' });
  if (!made || made === 'address-taken') throw new Error('No superuser was made');
  expect(made).toEqual({ email: 'admin@example.org', madePassword: expect.any(String) });
  const { accessToken } = await fixture.auth.login(call, {
    email: 'admin@example.org',
    password: made.madePassword ?? '',
  });
  expect(await fixture.db.event.findMany({ where: { type: 'user.created' } })).toMatchObject([
    { source: 'system' },
  ]);
  expect(await fixture.authenticate(accessToken)).toMatchObject({ role: 'superuser' });
  expect(await ensureSuperuser(fixture, { email: 'admin@example.org' })).toBeNull();
  expect(await ensureSuperuser(fixture, { email: 'other@example.org', password })).toBeNull();
});

test('a provided password is used and never returned', async () => {
  expect(await ensureSuperuser(fixture, { email: 'admin@example.org', password })).toEqual({
    email: 'admin@example.org',
    madePassword: null,
  });
  await fixture.auth.login(call, { email: 'admin@example.org', password });
});

test('concurrently starting instances create one, and one of them returns it', async () => {
  // Bypasses the queue of the hasher, so that all transactions run concurrently.
  const instances = { ...fixture, hasher: { hash: async () => 'hash' } };
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      ensureSuperuser(instances, { email: `admin${index}@example.org` }),
    ),
  );
  expect(results.filter((result) => result !== null)).toHaveLength(1);
  expect(await fixture.db.user.count()).toBe(1);
});

test('earlier ordinary users do not prevent it, but keep their address', async () => {
  const user = await fixture.makeUser();
  expect(await ensureSuperuser(fixture, { email: user.email, password })).toBe('address-taken');
  expect(await ensureSuperuser(fixture, { email: 'admin@example.org', password })).toMatchObject({
    email: 'admin@example.org',
  });
});

test('an installation with a superuser, even a disabled one, gets none, and nothing is hashed', async () => {
  const { id } = await fixture.makeUser();
  await fixture.db.user.update({
    where: { id },
    data: { role: 'superuser', disabledAt: new Date() },
  });
  const hash = vi.fn(fixture.hasher.hash);
  expect(
    await ensureSuperuser({ ...fixture, hasher: { hash } }, { email: 'admin@example.org' }),
  ).toBeNull();
  expect(hash).not.toHaveBeenCalled();
});

test('a provided password that violates the policy is rejected with a pointer', async () => {
  const attempt = ensureSuperuser(fixture, {
    email: 'admin@example.org',
    password: 'password1234',
  });
  await expect(attempt).rejects.toMatchObject({
    code: 'bad_request',
    details: { errors: [{ pointer: '/password', code: 'too_common' }] },
  });
  expect(await fixture.db.user.count()).toBe(0);
});
