import type { UserActor } from '@synap/contracts';
import type { AccessTokenClaims } from '@synap/security';
import { generateApiKey } from '@synap/security';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KnownKey } from '../api-keys/api-key-lookups.repository.js';
import {
  type AuthFixture,
  call,
  createAuthFixture,
  password,
  sessionIdOf,
} from './auth.test.fixture.js';
import { type Authentication, createAuthentication } from './authenticate.js';

const refused = { name: 'AppError', code: 'unauthenticated' };

describe('with real sessions', () => {
  let fixture: AuthFixture;
  beforeAll(async () => {
    fixture = await createAuthFixture();
  });
  afterAll(() => fixture.close());

  test('a session that was revoked or is past its end, a disabled user and a removed one are refused', async () => {
    const ends = [
      (id: string) => fixture.sessions.revoke(id),
      (id: string) =>
        fixture.db.session.update({ where: { id }, data: { expiresAt: new Date(0) } }),
      (_: string, userId: string) =>
        fixture.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } }),
      (_: string, userId: string) => fixture.db.user.delete({ where: { id: userId } }),
    ];
    for (const end of ends) {
      const { email, id } = await fixture.makeUser();
      const { accessToken, refreshToken } = await fixture.auth.login(call, { email, password });
      await fixture.authenticate(accessToken);
      const sessionId = sessionIdOf(refreshToken);
      await end(sessionId, id);
      fixture.forget(sessionId);
      await expect(fixture.authenticate(accessToken)).rejects.toMatchObject(refused);
    }
  });

  test('the role is the one in the database, not one that the token carries', async () => {
    const { email, id } = await fixture.makeUser();
    const { accessToken, refreshToken } = await fixture.auth.login(call, { email, password });
    expect(await fixture.authenticate(accessToken)).toMatchObject({ role: 'user' });
    await fixture.db.user.update({ where: { id }, data: { role: 'superuser' } });
    fixture.forget(sessionIdOf(refreshToken));
    expect(await fixture.authenticate(accessToken)).toMatchObject({ role: 'superuser' });
  });

  test("a token for another user's session is refused, and so is one whose session is no id", async () => {
    const [{ email }, stranger] = [await fixture.makeUser(), await fixture.makeUser()];
    const { refreshToken } = await fixture.auth.login(call, { email, password });
    const sign = (sid: string) => fixture.accessTokens.sign({ sub: stranger.id, sid }).token;
    await expect(fixture.authenticate(sign(sessionIdOf(refreshToken)))).rejects.toMatchObject(
      refused,
    );
    await expect(fixture.authenticate(sign('no id'))).rejects.toMatchObject(refused);
    await expect(fixture.authenticate('nonsense')).rejects.toMatchObject(refused);
  });
});

describe('what is believed', () => {
  let now = 0;
  let actorOf = vi.fn<(sessionId: string) => Promise<UserActor | null>>();
  let keyOf = vi.fn<(id: string) => Promise<KnownKey | null>>();
  let touchLastUsed = vi.fn<(id: string) => Promise<void>>();
  let authentication: Authentication;

  /** Tokens here are the session's id; all belong to one user. */
  const accessTokens = { verify: (sid: string): AccessTokenClaims => ({ sub: 'user', sid }) };
  const actor = (sessionId: string): UserActor => ({
    kind: 'user',
    userId: 'user',
    email: 'e',
    role: 'user',
    sessionId,
    verified: true,
  });

  /** A look-up that is answered when the test says so. */
  function pending() {
    let settle:
      | { resolve: (actor: UserActor | null) => void; reject: (error: Error) => void }
      | undefined;
    const promise = new Promise<UserActor | null>((resolve, reject) => {
      settle = { resolve, reject };
    });
    return {
      promise,
      resolve: (actor: UserActor | null) => settle?.resolve(actor),
      reject: (error: Error) => settle?.reject(error),
    };
  }

  beforeEach(() => {
    now = 1_000_000;
    actorOf = vi.fn(async (sessionId: string) => actor(sessionId));
    keyOf = vi.fn(async () => null);
    touchLastUsed = vi.fn(async () => {});
    authentication = createAuthentication({
      accessTokens,
      sessions: { actorOf: (id) => actorOf(id) },
      keys: { keyOf: (id) => keyOf(id), touchLastUsed: (id) => touchLastUsed(id) },
      clock: { now: () => now },
    });
  });

  test('a look-up is believed for five seconds', async () => {
    await authentication.authenticate('s');
    now += 4999;
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(1);
    now += 1;
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  test('that it has ended is believed too, and a clock set back believes nothing', async () => {
    actorOf.mockResolvedValue(null);
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
    expect(actorOf).toHaveBeenCalledTimes(1);
    now -= 1;
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  test('any number of callers share one look-up a session', async () => {
    const actors = await Promise.all(
      Array.from({ length: 100 }, (_, index) => authentication.authenticate(`s${index % 2}`)),
    );
    expect(actorOf).toHaveBeenCalledTimes(2);
    expect(actors[1]).toEqual(actor('s1'));
  });

  test('a look-up that fails is told to those who wait, and tried again by the next', async () => {
    actorOf.mockRejectedValueOnce(new Error('database away'));
    const waiting = [authentication.authenticate('s'), authentication.authenticate('s')];
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ reason: { message: 'database away' } });
    expect(await authentication.authenticate('s')).toEqual(actor('s'));
  });

  test('a session forgotten during a look-up is looked up anew: the older answer is never believed', async () => {
    const { promise, resolve: answer } = pending();
    actorOf.mockReturnValueOnce(promise);
    const early = authentication.authenticate('s');
    authentication.invalidate('session', 's');
    actorOf.mockResolvedValue(null);
    answer(actor('s'));
    await early;
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
  });

  test('a look-up that fails late does not disturb the one that came after', async () => {
    const { promise, reject: fail } = pending();
    actorOf.mockReturnValueOnce(promise);
    const early = authentication.authenticate('s');
    authentication.invalidate('session', 's');
    await authentication.authenticate('s');
    fail(new Error('late'));
    await expect(early).rejects.toThrow('late');
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  test('ten thousand sessions are remembered, the oldest look-ups make room', async () => {
    for (let index = 0; index <= 10_000; index++) await authentication.authenticate(`s${index}`);
    actorOf.mockClear();
    await authentication.authenticate('s1');
    await authentication.authenticate('s10000');
    expect(actorOf).not.toHaveBeenCalled();
    await authentication.authenticate('s0');
    expect(actorOf).toHaveBeenCalledTimes(1);
  });

  test('a user who has changed is looked up anew, and so are look-ups under way; others are believed on', async () => {
    const { promise, resolve: answer } = pending();
    await authentication.authenticate('s');
    actorOf.mockResolvedValueOnce({ ...actor('other'), userId: 'user' });
    await authentication.authenticate('other');
    actorOf.mockReturnValueOnce(promise);
    const waiting = authentication.authenticate('slow');
    authentication.invalidate('user', 'someone else');
    actorOf.mockClear();
    await authentication.authenticate('s');
    expect(actorOf).not.toHaveBeenCalled();
    authentication.invalidate('user', 'user');
    answer(actor('slow'));
    await waiting;
    for (const session of ['s', 'other', 'slow']) await authentication.authenticate(session);
    expect(actorOf).toHaveBeenCalledTimes(3);
  });

  test('nothing is believed when all is to be forgotten', async () => {
    await authentication.authenticate('s');
    authentication.invalidateAll();
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  describe('of keys', () => {
    const id = '019aa5ca-7b1e-7d40-a1f3-5c2e8b9d6f71';
    const { key, secretHash } = generateApiKey(id);
    const known = (lastUsedIsStale = false): KnownKey => ({
      actor: actor('none'),
      secretHash,
      expiresAt: null,
      lastUsedIsStale,
    });
    const wrong = generateApiKey(id).key;

    test('is one look-up too, whose secret is judged at each call', async () => {
      keyOf.mockResolvedValue(known());
      await Promise.all([authentication.authenticate(key), authentication.authenticate(key)]);
      await expect(authentication.authenticate(wrong)).rejects.toMatchObject(refused);
      expect(await authentication.authenticate(key)).toEqual(actor('none'));
      expect(keyOf).toHaveBeenCalledTimes(1);
      expect(keyOf).toHaveBeenCalledWith(id);
      authentication.invalidate('key', id);
      keyOf.mockResolvedValue(null);
      await expect(authentication.authenticate(key)).rejects.toMatchObject(refused);
    });

    test('a use is noted once a look-up, by the right secret alone, and a note that fails fails no call', async () => {
      keyOf.mockResolvedValue(known(true));
      touchLastUsed.mockRejectedValue(new Error('database away'));
      await expect(authentication.authenticate(wrong)).rejects.toMatchObject(refused);
      expect(touchLastUsed).not.toHaveBeenCalled();
      for (let calls = 0; calls < 3; calls += 1) await authentication.authenticate(key);
      expect(touchLastUsed).toHaveBeenCalledTimes(1);
    });

    test('no token with the prefix is taken for an access token, and unknown keys push out no session', async () => {
      await authentication.authenticate('s');
      for (let count = 0; count < 10_001; count += 1) {
        const stranger = `syn_${count.toString(16).padStart(32, '0')}_${'A'.repeat(43)}`;
        await authentication.authenticate(stranger).catch(() => null);
      }
      await expect(authentication.authenticate('syn_s')).rejects.toMatchObject(refused);
      await authentication.authenticate('s');
      expect(actorOf).toHaveBeenCalledTimes(1);
    });
  });
});
