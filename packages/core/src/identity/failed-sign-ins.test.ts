import { createSecretBox } from '@synap/security';
import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createMailQueue } from '../mail/mail-queue.js';
import { noIdentityGuard } from './identity-guard.js';

let fixture: AuthFixture;
const sendMail = createMailQueue(
  createSecretBox({ keys: [{ kid: 'e', secret: 'Jw6Tq1Zn8Xc3Vb5Md7Lk2Hg9Fs4Pa0Ry' }] }),
);
const guard = { ...noIdentityGuard, loginFailed: async () => ({ notify: true, delayMs: 2000 }) };

beforeAll(async () => {
  fixture = await createAuthFixture();
  await runMigrations({ connectionString: fixture.url });
});
afterAll(() => fixture.close());

const wrong = { message: 'E-mail address or password is wrong' };

test('too many failures send one mail, write one event and delay the response', async () => {
  const { email, id } = await fixture.makeUser();
  const sleep = vi.fn(async () => {});
  const auth = fixture.authWith({ guard, sendMail, sleep });
  await expect(auth.login(call, { email, password: 'not this one' })).rejects.toMatchObject(wrong);
  expect(sleep).toHaveBeenCalledExactlyOnceWith(2000, call.signal);
  expect(await fixture.db.mail.findMany({ select: { template: true } })).toEqual([
    { template: 'failed-sign-ins' },
  ]);
  const events = await fixture.db.event.findMany({ where: { subject: `user ${id}` } });
  expect(events.map(({ type }) => type).sort()).toEqual([
    'user.sign-in-failed',
    'user.sign-in-failed-often',
  ]);
  for (const event of events) expect(event).toMatchObject({ address: call.address, actorId: null });
});

test('an address without account gets the same response, and no mail is sent', async () => {
  const before = await fixture.db.mail.count();
  const sleep = vi.fn(async () => {});
  const auth = fixture.authWith({ guard, sendMail, sleep });
  await expect(auth.login(call, { email: 'unknown@example.org', password })).rejects.toMatchObject(
    wrong,
  );
  expect(sleep).toHaveBeenCalledOnce();
  expect(await fixture.db.mail.count()).toBe(before);
});

test('a notice that cannot be sent does not change the response and leaves no event', async () => {
  const { email, id } = await fixture.makeUser();
  const lost = () => Promise.reject(new Error('no queue'));
  const auth = fixture.authWith({ guard, sendMail: lost, sleep: async () => {} });
  await expect(auth.login(call, { email, password: 'not this one' })).rejects.toMatchObject(wrong);
  expect(
    await fixture.db.event.count({
      where: { subject: `user ${id}`, type: 'user.sign-in-failed-often' },
    }),
  ).toBe(0);
});

test('the delay ends when the client disconnects, and the right password is not delayed', async () => {
  const { email } = await fixture.makeUser();
  const auth = fixture.authWith({
    guard: { ...guard, loginFailed: async () => ({ notify: false, delayMs: 60_000 }) },
  });
  const gone = { ...call, signal: AbortSignal.abort() };
  await expect(auth.login(gone, { email, password: 'not this one' })).rejects.toMatchObject(wrong);
  await expect(auth.login(call, { email, password })).resolves.toHaveProperty('accessToken');
});
