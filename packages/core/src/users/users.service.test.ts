import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth/auth.test.fixture.js';
import { createChangeEmail } from './change-email.js';
import { createChangePassword } from './change-password.js';
import { createRemoveMe } from './remove-me.js';
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
    service: createUsersService({
      ...fixture,
      changePassword: createChangePassword(fixture),
      changeEmail: createChangeEmail({ ...fixture, linkTo: (path) => `https://synap.example.org${path}` }),
      removeMe: createRemoveMe(fixture),
    }),
  };
}

test('a new name is kept, on record once, and changes nothing else', async () => {
  const { user, me, service } = await signedIn();
  const { updatedAt, ...renamed } = await service.updateMe(me, { name: 'Ada' });
  const { updatedAt: before, ...rest } = user;
  expect(renamed).toEqual({ ...rest, name: 'Ada' });
  expect(updatedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(await service.updateMe(me, { name: 'Ada' })).toEqual({ ...renamed, updatedAt });
  expect(await service.me(me)).toEqual({ ...renamed, updatedAt });
  const events = await fixture.db.event.findMany({ where: { subject: `user ${user.id}`, type: 'user.updated' } });
  expect(events).toMatchObject([{ actorId: user.id, address: '192.0.2.1', requestId: 'test', source: 'user' }]);
});

test('an update that names nothing changes nothing', async () => {
  const { user, me, service } = await signedIn();
  expect(await service.updateMe(me, {})).toEqual(user);
  expect(await service.updateMe(me, { name: undefined })).toEqual(user);
});

test("nobody else's profile is touched", async () => {
  const [mine, other] = [await signedIn(), await signedIn()];
  await mine.service.updateMe(mine.me, { name: 'Ada' });
  expect(await other.service.me(other.me)).toEqual(other.user);
});

test('the profile of an account that was removed is "unauthenticated"', async () => {
  const { user, me, service } = await signedIn();
  await fixture.db.user.delete({ where: { id: user.id } });
  await expect(service.me(me)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(service.updateMe(me, { name: 'Ada' })).rejects.toMatchObject({ code: 'unauthenticated' });
});
