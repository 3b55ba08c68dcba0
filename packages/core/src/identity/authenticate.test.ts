import type { UserActor } from '@synap/contracts';
import type { AccessTokenClaims } from '@synap/security';
import { generateApiKey } from '@synap/security';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type AuthFixture,
  call,
  createAuthFixture,
  password,
  sessionIdOf,
} from '../auth.test.fixture.js';
import type { KnownKey } from './api-key-lookups.repository.js';
import { type Authentication, createAuthentication } from './authenticate.js';

const refused = { name: 'AppError', code: 'unauthenticated' };

describe('with real sessions', () => {
  let fixture: AuthFixture;
  beforeAll(async () => {
    fixture = await createAuthFixture();
  });
  afterAll(() => fixture.close());

  test('revoked and expired sessions, and disabled and removed users are rejected', async () => {
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

  test('the role comes from the database, not from the token', async () => {
    const { email, id } = await fixture.makeUser();
    const { accessToken, refreshToken } = await fixture.auth.login(call, { email, password });
    expect(await fixture.authenticate(accessToken)).toMatchObject({ role: 'user' });
    await fixture.db.user.update({ where: { id }, data: { role: 'superuser' } });
    fixture.forget(sessionIdOf(refreshToken));
    expect(await fixture.authenticate(accessToken)).toMatchObject({ role: 'superuser' });
  });

  test("a token for another user's session is rejected, and so is one with an invalid session id", async () => {
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

describe('the cache', () => {
  let now = 0;
  let actorOf = vi.fn<(sessionId: string) => Promise<UserActor | null>>();
  let keyOf = vi.fn<(id: string) => Promise<KnownKey | null>>();
  let touchLastUsed = vi.fn<(id: string) => Promise<void>>();
  let authentication: Authentication;

  /** Here, a token is the id of its session; all belong to one user. */
  const accessTokens = { verify: (sid: string): AccessTokenClaims => ({ sub: 'user', sid }) };
  const actor = (sessionId: string): UserActor => ({
    kind: 'user',
    userId: 'user',
    email: 'e',
    role: 'user',
    sessionId,
    verified: true,
  });

  /** A load that resolves when the test says so. */
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
      sessionLookups: { actorOf: (id) => actorOf(id) },
      apiKeyLookups: { keyOf: (id) => keyOf(id) },
      apiKeys: { touchLastUsed: (id) => touchLastUsed(id) },
      clock: { now: () => now },
    });
  });

  test('holds an entry for five seconds', async () => {
    await authentication.authenticate('s');
    now += 4999;
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(1);
    now += 1;
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  test('holds negative entries too, and expires if the clock is set back', async () => {
    actorOf.mockResolvedValue(null);
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
    expect(actorOf).toHaveBeenCalledTimes(1);
    now -= 1;
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  test('concurrent callers share one load per session', async () => {
    const actors = await Promise.all(
      Array.from({ length: 100 }, (_, index) => authentication.authenticate(`s${index % 2}`)),
    );
    expect(actorOf).toHaveBeenCalledTimes(2);
    expect(actors[1]).toEqual(actor('s1'));
  });

  test('a failed load rejects all waiting callers, and the next caller retries', async () => {
    actorOf.mockRejectedValueOnce(new Error('database away'));
    const waiting = [authentication.authenticate('s'), authentication.authenticate('s')];
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ reason: { message: 'database away' } });
    expect(await authentication.authenticate('s')).toEqual(actor('s'));
  });

  test('a session invalidated during a load is loaded again; the older result is not cached', async () => {
    const { promise, resolve: answer } = pending();
    actorOf.mockReturnValueOnce(promise);
    const early = authentication.authenticate('s');
    authentication.invalidate('session', 's');
    actorOf.mockResolvedValue(null);
    answer(actor('s'));
    await early;
    await expect(authentication.authenticate('s')).rejects.toMatchObject(refused);
  });

  test('a load that fails late does not remove a newer entry', async () => {
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

  test('holds ten thousand sessions and evicts the least recently used', async () => {
    for (let index = 0; index < 10_000; index++) await authentication.authenticate(`s${index}`);
    await authentication.authenticate('s0');
    await authentication.authenticate('s10000');
    actorOf.mockClear();
    for (const kept of ['s0', 's2', 's10000']) await authentication.authenticate(kept);
    expect(actorOf).not.toHaveBeenCalled();
    await authentication.authenticate('s1');
    expect(actorOf).toHaveBeenCalledTimes(1);
  });

  test('a changed user and pending loads are loaded again; other entries stay', async () => {
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

  test('clear removes all entries', async () => {
    await authentication.authenticate('s');
    authentication.invalidateAll();
    await authentication.authenticate('s');
    expect(actorOf).toHaveBeenCalledTimes(2);
  });

  describe('for keys', () => {
    const id = '019aa5ca-7b1e-7d40-a1f3-5c2e8b9d6f71';
    const { key, secretHash } = generateApiKey(id);
    const known = (lastUsedIsStale = false): KnownKey => ({
      actor: actor('none'),
      secretHash,
      expiresAt: null,
      lastUsedIsStale,
    });
    const wrong = generateApiKey(id).key;

    test('loads once and verifies the secret at each call', async () => {
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

    test('records a use once per load and only with the right secret; a failed update fails no call', async () => {
      keyOf.mockResolvedValue(known(true));
      touchLastUsed.mockRejectedValue(new Error('database away'));
      await expect(authentication.authenticate(wrong)).rejects.toMatchObject(refused);
      expect(touchLastUsed).not.toHaveBeenCalled();
      for (let calls = 0; calls < 3; calls += 1) await authentication.authenticate(key);
      expect(touchLastUsed).toHaveBeenCalledTimes(1);
    });

    test('a token with the key prefix is never an access token, and unknown keys evict no session', async () => {
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
