import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntries } from '../audit/audit-entries.js';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createPurgeAbandoned } from './purge-abandoned.js';

let fixture: AuthFixture;
beforeAll(async () => {
  fixture = await createAuthFixture();
});
afterAll(() => fixture.close());

/** Creates a sign-up of that many days ago. */
async function signedUp(email: string, days: number): Promise<{ id: string; email: string }> {
  await fixture.authWith({ verifyEmail: true }).register(call, { email, password });
  await fixture.db.$executeRaw`
    UPDATE users SET created_at = now() - make_interval(days => ${days}), updated_at = now() - make_interval(days => ${days}) WHERE email = ${email}`;
  return fixture.db.user.findUniqueOrThrow({ where: { email }, select: { id: true, email: true } });
}

test('unverified, unused sign-ups are removed after a week and audited; other accounts stay', async () => {
  const abandoned = await signedUp('abandoned@example.org', 8);
  const kept = {
    young: await signedUp('young@example.org', 6),
    verified: await signedUp('verified@example.org', 8),
    user: await signedUp('user@example.org', 8),
    owner: await signedUp('owner@example.org', 8),
    invited: await signedUp('made-by-an-administrator@example.org', 8),
    mailed: await signedUp('mailed-lately@example.org', 8),
  };
  await fixture.db.user.update({
    where: { id: kept.verified.id },
    data: { verifiedAt: new Date() },
  });
  await fixture.auth.login(call, { email: kept.user.email, password });
  await fixture.db.dashboard.create({ data: { ownerId: kept.owner.id, name: 'Mine' } });
  await fixture.transaction((tx) =>
    tx.audit.record(call, auditEntries.userCreated(kept.invited.id, 'user')),
  );
  await fixture.mailTokens.insert({
    userId: kept.mailed.id,
    purpose: 'verify',
    hash: new Uint8Array([1]),
    lifetime: 60,
  });
  await fixture.db.user.updateMany({
    where: { id: { in: [kept.owner.id, kept.invited.id, kept.mailed.id] } },
    data: { name: 'Old' },
  });
  await fixture.db.$executeRaw`UPDATE users SET updated_at = created_at`;

  const count = () => fixture.db.user.count();
  const before = await count();
  await createPurgeAbandoned({ ...fixture, verifyEmail: false })();
  expect(await count()).toBe(before);
  await createPurgeAbandoned({ ...fixture, verifyEmail: true })();
  const left = await fixture.db.user.findMany({ select: { email: true } });
  expect(left.map(({ email }) => email).sort()).toEqual(
    Object.values(kept)
      .map(({ email }) => email)
      .sort(),
  );
  const events = await fixture.db.event.findMany({
    where: { subject: `user ${abandoned.id}`, type: 'user.removed' },
  });
  expect(events).toMatchObject([{ source: 'system', payload: { reason: 'never verified' } }]);
});
