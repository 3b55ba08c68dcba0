import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth/auth.test.fixture.js';
import { ensureSuperuser } from './first-superuser.js';

let fixture: AuthFixture;
beforeEach(async () => {
  fixture = await createAuthFixture();
});
afterEach(() => fixture.close());

test('a new installation gets one superuser, whose made password works and is told once', async () => {
  const made = await ensureSuperuser(fixture, { email: ' Admin@Example.ORG ' });
  expect(made).toEqual({ email: 'admin@example.org', madePassword: expect.any(String) });
  const { accessToken } = await fixture.auth.login(call, { email: 'admin@example.org', password: made?.madePassword ?? '' });
  expect(await fixture.authenticate(accessToken)).toMatchObject({ role: 'superuser' });
  expect(await ensureSuperuser(fixture, { email: 'admin@example.org' })).toBeNull();
  expect(await ensureSuperuser(fixture, { email: 'other@example.org', password })).toBeNull();
});

test('a given password is used and never told', async () => {
  expect(await ensureSuperuser(fixture, { email: 'admin@example.org', password })).toEqual({
    email: 'admin@example.org',
    madePassword: null,
  });
  await fixture.auth.login(call, { email: 'admin@example.org', password });
});

test('instances that start at once make one, and one of them tells', async () => {
  // Without the turns of the hasher, so that all transactions really meet.
  const instances = { ...fixture, hasher: { hash: async () => 'hash' } };
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, index) => ensureSuperuser(instances, { email: `admin${index}@example.org` })),
  );
  expect(results.filter((result) => result !== null)).toHaveLength(1);
  expect(await fixture.db.user.count()).toBe(1);
});

test('an installation with any user gets none, and nothing is hashed for it', async () => {
  await fixture.makeUser();
  const hash = vi.fn(fixture.hasher.hash);
  expect(await ensureSuperuser({ ...fixture, hasher: { hash } }, { email: 'admin@example.org' })).toBeNull();
  expect(hash).not.toHaveBeenCalled();
});

test('a given password that the policy refuses is refused with a pointer', async () => {
  const attempt = ensureSuperuser(fixture, { email: 'admin@example.org', password: 'password1234' });
  await expect(attempt).rejects.toMatchObject({
    code: 'bad_request',
    details: { errors: [{ pointer: '/password', code: 'too_common' }] },
  });
  expect(await fixture.db.user.count()).toBe(0);
});
