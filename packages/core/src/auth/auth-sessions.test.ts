import { randomUUID } from 'node:crypto';
import type { Call } from '@synap/contracts';
import { createSecretBox } from '@synap/security';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AuthFixture,
  call,
  createAuthFixture,
  password,
  sessionIdOf,
} from '../auth.test.fixture.js';
import { createMailQueue, mailContext } from '../mail/mail-queue.js';
import { createAuthSessionsService } from './auth-sessions.service.js';
import { deviceOf } from './device.js';

let fixture: AuthFixture;
beforeAll(async () => {
  fixture = await createAuthFixture();
});
afterAll(() => fixture.close());

const serviceOf = ({ sessions, transaction, forget }: AuthFixture) =>
  createAuthSessionsService({ sessions, transaction, sessionEnded: forget });
const eventsOf = async (sessionId: string) => {
  const rows = await fixture.db.event.findMany({
    where: { subject: `session ${sessionId}` },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ type }) => type);
};

describe('my sessions', () => {
  test('are listed page by page, newest first, live ones only', async () => {
    const { email } = await fixture.makeUser();
    const tokens = [];
    for (let count = 0; count < 5; count++)
      tokens.push(await fixture.auth.login(call, { email, password }));
    const ids = tokens.map(({ refreshToken }) => sessionIdOf(refreshToken));
    const [revoked = '', expired = '', idle = '', older = '', newest = ''] = ids;
    await fixture.sessions.revoke(revoked);
    await fixture.db
      .$executeRaw`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = ${expired}::uuid`;
    await fixture.db
      .$executeRaw`UPDATE sessions SET rotated_at = now() - interval '15 days' WHERE id = ${idle}::uuid`;
    const me = await fixture.callOf(tokens.at(-1)?.accessToken ?? '');
    const first = await serviceOf(fixture).list(me, { size: 1 });
    expect(first.items).toMatchObject([
      { id: newest, current: true, address: '192.0.2.1', device: 'test', userAgent: 'test' },
    ]);
    const second = await serviceOf(fixture).list(me, { size: 1, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({ items: [{ id: older, current: false }], nextCursor: null });
    for (const id of [revoked, expired, idle]) {
      await expect(serviceOf(fixture).revoke(me, { id })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  test('end at once and are audited; those of other users are not found', async () => {
    const [ann, ben] = [await fixture.makeUser(), await fixture.makeUser()];
    const mine = await fixture.auth.login(call, { email: ann.email, password });
    const others = [
      await fixture.auth.login(call, { email: ann.email, password }),
      await fixture.auth.login(call, { email: ann.email, password }),
    ];
    const his = await fixture.auth.login(call, { email: ben.email, password });
    const me = await fixture.callOf(mine.accessToken);
    for (const id of [sessionIdOf(his.refreshToken), randomUUID()]) {
      await expect(serviceOf(fixture).revoke(me, { id })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    await serviceOf(fixture).revokeOthers(me);
    for (const { accessToken, refreshToken } of others) {
      await expect(fixture.authenticate(accessToken)).rejects.toMatchObject({
        code: 'unauthenticated',
      });
      expect(await eventsOf(sessionIdOf(refreshToken))).toEqual([
        'session.started',
        'session.revoked',
      ]);
    }
    await fixture.authenticate(his.accessToken);
    await fixture.authenticate(mine.accessToken);
    await serviceOf(fixture).revoke(me, { id: sessionIdOf(mine.refreshToken) });
    await expect(fixture.authenticate(mine.accessToken)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('the audit log of sessions', () => {
  test('records each sign-in, and a sign-out once', async () => {
    const { email, id } = await fixture.makeUser();
    const { accessToken, refreshToken } = await fixture.auth.login(call, { email, password });
    const me = await fixture.callOf(accessToken);
    await Promise.all([fixture.auth.logout(me), fixture.auth.logout(me)]);
    const subject = `session ${sessionIdOf(refreshToken)}`;
    const events = await fixture.db.event.findMany({ where: { subject }, orderBy: { id: 'asc' } });
    expect(events).toMatchObject([
      { type: 'session.started', actorId: id, address: '192.0.2.1', requestId: 'test' },
      { type: 'session.ended', actorId: id },
    ]);
  });

  test('records a token reuse once, although the call is rejected', async () => {
    const { email } = await fixture.makeUser();
    const { refreshToken } = await fixture.auth.login(call, { email, password });
    const id = sessionIdOf(refreshToken);
    await fixture.auth.refresh(call, await fixture.auth.refresh(call, { refreshToken }));
    await Promise.allSettled(
      Array.from({ length: 20 }, () => fixture.auth.refresh(call, { refreshToken })),
    );
    expect(await eventsOf(id)).toEqual(['session.started', 'session.reuse-detected']);
  });
});

test('sessions that ended 90 days ago are purged, except the newest of each user', async () => {
  const [ann, ben] = [await fixture.makeUser(), await fixture.makeUser()];
  const started = async ({ email }: { email: string }, endedAgo: string) => {
    const id = sessionIdOf((await fixture.auth.login(call, { email, password })).refreshToken);
    await fixture.db
      .$executeRaw`UPDATE sessions SET expires_at = now() - ${endedAgo}::interval WHERE id = ${id}::uuid`;
    return id;
  };
  await started(ann, '91 days');
  const kept = [await started(ann, '89 days'), await started(ben, '91 days')];
  await fixture.sessions.purge();
  const left = await fixture.db.session.findMany({ where: { userId: { in: [ann.id, ben.id] } } });
  expect(left.map(({ id }) => id).sort()).toEqual(kept.sort());
});

describe('the mail of a new sign-in', () => {
  const box = createSecretBox({ keys: [{ kid: 'e', secret: 'Hb2Fy7Ku4Mz9Cn6Xr1Wd8Tg3Vq5Jp0Ls' }] });

  test('is sent for a new program or network, but not for the first sign-in, a known origin, or its /56', async () => {
    const { email } = await fixture.makeUser();
    const auth = fixture.authWith({ sendMail: createMailQueue(box) });
    const by = async (other: Partial<Call>) => {
      await fixture.db.mail.deleteMany();
      await auth.login({ ...call, ...other }, { email, password });
      return await fixture.db.mail.findMany();
    };
    expect(await by({})).toEqual([]);
    expect(await by({})).toEqual([]);
    const [mail] = await by({ userAgent: 'curl/8.5.0' });
    const text = mail && box.open({ keyId: mail.keyId, bytes: mail.sealed }, mailContext(mail.id));
    expect(JSON.parse(String(text))).toMatchObject({
      to: email,
      values: { device: 'curl', address: '192.0.2.1' },
    });
    expect(await by({ userAgent: 'curl/8.5.0' })).toEqual([]);
    expect(await by({ address: '192.0.2.2' })).toHaveLength(1);
    expect(await by({ address: '2001:db8:0:100::1' })).toHaveLength(1);
    expect(await by({ address: '2001:db8:0:1ff::2' })).toEqual([]);
    expect(await by({ address: '2001:db8:0:200::1' })).toHaveLength(1);
    expect(await by({ userAgent: undefined })).toHaveLength(1);
    await fixture.db
      .$executeRaw`UPDATE sessions SET created_at = now() - interval '91 days', expires_at = now()`;
    expect(await by({})).toHaveLength(1);
  });
});

test.each([
  [null, 'Unknown device'],
  ['', 'Unknown device'],
  ['<script>', 'Unknown device'],
  ['curl/8.5.0', 'curl'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
])('%s is called %s', (userAgent, name) => {
  expect(deviceOf(userAgent)).toBe(name);
});
