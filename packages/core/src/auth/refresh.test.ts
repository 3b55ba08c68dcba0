import { randomUUID } from 'node:crypto';
import type { UserCall } from '@synap/contracts';
import { createRefreshTokens, generateToken, hashToken } from '@synap/security';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AuthFixture,
  call,
  createAuthFixture,
  password,
  sessionIdOf,
} from '../auth.test.fixture.js';
import { createAuthSessionsService } from './auth-sessions.service.js';

let fixture: AuthFixture;
beforeAll(async () => {
  fixture = await createAuthFixture();
});
afterAll(() => fixture.close());

const signIn = async () => {
  const { email } = await fixture.makeUser();
  return fixture.auth.login(call, { email, password });
};
const refresh = (refreshToken: string) => fixture.auth.refresh(call, { refreshToken });
const refused = { name: 'AppError', code: 'unauthenticated' };
const sessionOf = (refreshToken: string) =>
  fixture.db.session.findUniqueOrThrow({ where: { id: sessionIdOf(refreshToken) } });

/** Moves the last rotation that far into the past. */
const age = (refreshToken: string, seconds: number) =>
  fixture.db
    .$executeRaw`UPDATE sessions SET rotated_at = now() - make_interval(secs => ${seconds}) WHERE id = ${sessionIdOf(refreshToken)}::uuid`;

test('a refresh returns the next token of the session and a valid access token', async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  expect(second).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(sessionIdOf(second.refreshToken)).toBe(sessionIdOf(first.refreshToken));
  expect(await fixture.authenticate(second.accessToken)).toEqual(
    await fixture.authenticate(first.accessToken),
  );
  const third = await refresh(second.refreshToken);
  expect((await sessionOf(third.refreshToken)).counter).toBe(2);
});

/** `REFRESH_TEST_ROUNDS=200` for a thorough run. */
const rounds = Number(process.env.REFRESH_TEST_ROUNDS ?? 20);

test('fifty concurrent refreshes with one token rotate once and get equal responses', {
  timeout: 300_000,
}, async () => {
  let { refreshToken } = await signIn();
  for (let round = 1; round <= rounds; round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    const session = await sessionOf(refreshToken);
    expect(session).toMatchObject({ counter: round, revokedAt: null });
    const [answer] = answers;
    expect(answer?.refreshToken).not.toBe(refreshToken);
    refreshToken = answer?.refreshToken ?? '';
  }
});

test('the previous token returns the current one while that is unused, without a rotation', async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  for (const seconds of [0, 11, 13 * 86_400]) {
    await age(first.refreshToken, seconds);
    expect((await refresh(first.refreshToken)).refreshToken).toBe(second.refreshToken);
  }
  expect((await sessionOf(first.refreshToken)).counter).toBe(1);
  expect((await refresh(second.refreshToken)).refreshToken).not.toBe(second.refreshToken);
});

test('the previous token is rejected once the current one was used, and the session ends', async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  await fixture.authenticate(third.accessToken);
  await expect(refresh(first.refreshToken)).rejects.toMatchObject(refused);
  expect((await sessionOf(first.refreshToken)).revokedAt).toBeInstanceOf(Date);
  for (const { refreshToken } of [second, third])
    await expect(refresh(refreshToken)).rejects.toMatchObject(refused);
  await expect(fixture.authenticate(third.accessToken)).rejects.toMatchObject(refused);
});

test('a token two rotations old ends the session at once', async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  await expect(refresh(first.refreshToken)).rejects.toMatchObject(refused);
  await expect(refresh(third.refreshToken)).rejects.toMatchObject(refused);
});

test('fifty concurrent replays are all rejected', async () => {
  const first = await signIn();
  await refresh((await refresh(first.refreshToken)).refreshToken);
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => refresh(first.refreshToken)),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([]);
});

test('a forged token is rejected and does not end the session', async () => {
  const { refreshToken } = await signIn();
  const forged = [
    refreshToken.replace(/\.0\./, '.1.'),
    refreshToken.slice(0, -2) + (refreshToken.endsWith('AA') ? 'BB' : 'AA'),
    refreshToken.replace(sessionIdOf(refreshToken), randomUUID()),
    'nonsense',
  ];
  for (const token of forged) await expect(refresh(token)).rejects.toMatchObject(refused);
  expect((await refresh(refreshToken)).refreshToken).toBeTypeOf('string');
});

test('a session with a removed secret is rejected', async () => {
  const { refreshToken } = await signIn();
  const retired = fixture.authWith({
    refreshTokens: createRefreshTokens({ keys: [{ kid: 'z', secret: 'other'.repeat(8) }] }),
  });
  await expect(retired.refresh(call, { refreshToken })).rejects.toMatchObject(refused);
  expect((await sessionOf(refreshToken)).revokedAt).toBeNull();
});

describe('after the refresh secret was changed', () => {
  const oldKey = { kid: 'r', secret: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg' };
  const newKey = { kid: 's', secret: 'Gx4Lt9Pq2Vw7Zk5Rm8Nc3Jd6Yf1Hb0Es' };
  const serverWith = (...keys: Parameters<typeof createRefreshTokens>[0]['keys']) =>
    fixture.authWith({ refreshTokens: createRefreshTokens({ keys }) });

  test('a session moves to the current secret at its next refresh and no longer needs the old one', async () => {
    const first = await signIn();
    expect(await sessionOf(first.refreshToken)).toMatchObject({ keyId: 'r' });
    const second = await serverWith(newKey, oldKey).refresh(call, first);
    expect(await sessionOf(first.refreshToken)).toMatchObject({ keyId: 's', counter: 1 });
    const third = await serverWith(newKey).refresh(call, second);
    expect(sessionIdOf(third.refreshToken)).toBe(sessionIdOf(first.refreshToken));
  });

  test('fifty concurrent refreshes, half on servers with the old secret, rotate once and get equal responses', async () => {
    for (let round = 0; round < 5; round++) {
      const first = await signIn();
      const servers = [serverWith(newKey, oldKey), serverWith(oldKey, newKey)];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => servers[index % 2]?.refresh(call, first)),
      );
      expect(new Set(answers.map((answer) => answer?.refreshToken)).size).toBe(1);
      expect((await sessionOf(first.refreshToken)).counter).toBe(1);
    }
  });

  test('the previous token, signed with the old secret, works until the current one is used, then ends the session', async () => {
    const server = serverWith(newKey, oldKey);
    const first = await signIn();
    const second = await server.refresh(call, first);
    expect((await server.refresh(call, first)).refreshToken).toBe(second.refreshToken);
    await server.refresh(call, second);
    await expect(server.refresh(call, first)).rejects.toMatchObject(refused);
    await expect(server.refresh(call, second)).rejects.toMatchObject(refused);
    expect((await sessionOf(first.refreshToken)).revokedAt).toBeInstanceOf(Date);
  });

  test('a server without the new secret rejects the token and does not end the session', async () => {
    const first = await signIn();
    const second = await serverWith(newKey, oldKey).refresh(call, first);
    for (const token of [first, second])
      await expect(serverWith(oldKey).refresh(call, token)).rejects.toMatchObject(refused);
    await serverWith(oldKey, newKey).refresh(call, second);
    expect((await sessionOf(first.refreshToken)).revokedAt).toBeNull();
  });
});

test('a session ends after fourteen idle days, and after ninety days in any case', async () => {
  const idle = await signIn();
  await age(idle.refreshToken, 13.9 * 86_400);
  const used = await refresh(idle.refreshToken);
  await age(idle.refreshToken, 14.1 * 86_400);
  await expect(refresh(used.refreshToken)).rejects.toMatchObject(refused);

  const old = await signIn();
  const { createdAt, expiresAt } = await sessionOf(old.refreshToken);
  expect(expiresAt.getTime() - createdAt.getTime()).toBe(90 * 86_400_000);
  await fixture.db
    .$executeRaw`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = ${sessionIdOf(old.refreshToken)}::uuid`;
  await expect(refresh(old.refreshToken)).rejects.toMatchObject(refused);
});

test('a disabled user cannot refresh', async () => {
  const { email, id } = await fixture.makeUser();
  const { refreshToken } = await fixture.auth.login(call, { email, password });
  await fixture.db.user.update({ where: { id }, data: { disabledAt: new Date() } });
  await expect(refresh(refreshToken)).rejects.toMatchObject(refused);
});

test('a session that ends between read and rotation is not rotated', async () => {
  const { refreshToken } = await signIn();
  const refreshStateOf: typeof fixture.sessionLookups.refreshStateOf = async (id) => {
    const state = await fixture.sessionLookups.refreshStateOf(id);
    await fixture.sessions.revoke(id);
    return state;
  };
  const auth = fixture.authWith({ sessionLookups: { ...fixture.sessionLookups, refreshStateOf } });
  await expect(auth.refresh(call, { refreshToken })).rejects.toMatchObject(refused);
  expect((await sessionOf(refreshToken)).counter).toBe(0);
});

/** `REFRESH_TEST_RUNS=1000` for a thorough run. */
const runs = Number(process.env.REFRESH_TEST_RUNS ?? 60);

async function resetTokenOf(userId: string): Promise<string> {
  const token = generateToken();
  await fixture.mailTokens.insert({
    userId,
    purpose: 'reset',
    hash: hashToken(token),
    lifetime: 60,
  });
  return token;
}

test('after concurrent refreshes, logout, revocation and reset no token is valid', {
  timeout: 900_000,
}, async () => {
  const users = await Promise.all(Array.from({ length: 5 }, () => fixture.makeUser()));
  const { sessions, transaction, forget } = fixture;
  const mine = createAuthSessionsService({ sessions, transaction, sessionEnded: forget });
  let turn = 0;
  const plan = fc.array(fc.constantFrom('refresh latest', 'refresh first', 'pause'), {
    minLength: 1,
    maxLength: 8,
  });
  const end = fc.constantFrom('logout', 'revoke', 'both', 'revoke others', 'reset');
  await fc.assert(
    fc.asyncProperty(plan, plan, fc.nat(8), end, async (before, after, ticks, how) => {
      const user = users[turn++ % users.length];
      const first = await fixture.auth.login(call, { email: user?.email ?? '', password });
      const me = await fixture.callOf(first.accessToken);
      const id = sessionIdOf(first.refreshToken);
      const seen = [first];
      const act = async (step: string) => {
        if (step === 'pause') return;
        const from = step === 'refresh first' ? first : (seen.at(-1) ?? first);
        const next = await refresh(from.refreshToken).catch(() => null);
        if (next) seen.push(next);
      };
      const elsewhere: UserCall = { ...me, actor: { ...me.actor, sessionId: randomUUID() } };
      const token = how === 'reset' ? await resetTokenOf(me.actor.userId) : '';
      const running = before.map(act);
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      if (how === 'logout' || how === 'both') running.push(fixture.auth.logout(me));
      // The later of two calls that end the session does not find it.
      if (how === 'revoke') running.push(mine.revoke(me, { id }));
      if (how === 'both') running.push(mine.revoke(me, { id }).catch(() => {}));
      if (how === 'revoke others') running.push(mine.revokeOthers(elsewhere));
      // Keeps the password for the next round.
      if (how === 'reset') running.push(fixture.auth.reset(call, { token, newPassword: password }));
      running.push(...after.map(act));
      await Promise.all(running);
      for (const { accessToken, refreshToken } of seen) {
        await expect(fixture.authenticate(accessToken)).rejects.toMatchObject(refused);
        await expect(refresh(refreshToken)).rejects.toMatchObject(refused);
      }
    }),
    { numRuns: runs },
  );
});
