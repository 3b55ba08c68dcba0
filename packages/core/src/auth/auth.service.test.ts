import { createPasswordHasher, HasherBusy, type PasswordHasher } from '@synap/security';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type AuthFixture,
  call,
  createAuthFixture,
  password,
  sessionIdOf,
} from '../auth.test.fixture.js';
import { type IdentityGuard, noIdentityGuard } from '../identity/identity-guard.js';
import { createServiceHasher } from '../identity/service-hasher.js';

let fixture: AuthFixture;
beforeAll(async () => {
  fixture = await createAuthFixture();
});
afterAll(() => fixture.close());

const wrong = {
  name: 'AppError',
  code: 'unauthenticated',
  message: 'E-mail address or password is wrong',
};
/** The bcrypt hash of the password, as imported from another system. */
const bcryptHash = '$2b$04$y6c9HI7ohxlf72i0jLSCcuRm9RDqvENMp5.BlYrtWGFGLVZDbgik6';
const busy = () => Promise.reject(new HasherBusy(2));
const hashOf = async (id: string) =>
  (await fixture.db.user.findUniqueOrThrow({ where: { id } })).passwordHash;

describe('signing in', () => {
  test('the right password starts a session that records its origin', async () => {
    const user = await fixture.makeUser({ role: 'superuser' });
    const tokens = await fixture.auth.login(
      { ...call, userAgent: 'x'.repeat(2000) },
      { email: user.email, password },
    );
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
    const sessionId = sessionIdOf(tokens.refreshToken);
    expect(await fixture.authenticate(tokens.accessToken)).toEqual({
      kind: 'user',
      userId: user.id,
      email: user.email,
      role: 'superuser',
      sessionId,
      verified: false,
      mustChangePassword: false,
    });
    expect(await fixture.sessionsOf(user.id)).toMatchObject([
      {
        id: sessionId,
        address: '192.0.2.1',
        userAgent: 'x'.repeat(500),
        counter: 0,
        keyId: 'r',
        revokedAt: null,
      },
    ]);
  });

  test('a wrong password and an unknown address get the same response and cost one hash check each', async () => {
    const { email } = await fixture.makeUser();
    const hasher = createServiceHasher(createPasswordHasher());
    const [verify, verifyDummy] = [vi.spyOn(hasher, 'verify'), vi.spyOn(hasher, 'verifyDummy')];
    const auth = fixture.authWith({ hasher });
    await expect(auth.login(call, { email, password: 'wrong' })).rejects.toMatchObject(wrong);
    await expect(
      auth.login(call, { email: 'unknown@example.org', password: 'wrong' }),
    ).rejects.toMatchObject(wrong);
    expect([verify.mock.calls.length, verifyDummy.mock.calls.length]).toEqual([1, 1]);
  });

  test('a disabled user gets the reason only with the right password', async () => {
    const { email, id } = await fixture.makeUser();
    await fixture.db.user.update({ where: { id }, data: { disabledAt: new Date() } });
    await expect(fixture.auth.login(call, { email, password: 'wrong' })).rejects.toMatchObject(
      wrong,
    );
    await expect(fixture.auth.login(call, { email, password })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await fixture.sessionsOf(id)).toEqual([]);
  });

  test('an outdated hash is replaced at the first successful sign-in only', async () => {
    const { email, id } = await fixture.makeUser({ passwordHash: bcryptHash });
    await expect(fixture.auth.login(call, { email, password: 'wrong' })).rejects.toMatchObject(
      wrong,
    );
    expect(await hashOf(id)).toBe(bcryptHash);
    await fixture.auth.login(call, { email, password });
    const upgraded = await hashOf(id);
    expect(upgraded).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    await fixture.auth.login(call, { email, password });
    expect(await hashOf(id)).toBe(upgraded);
  });

  test('a busy hasher postpones the rehash, not the sign-in', async () => {
    const { email, id } = await fixture.makeUser({ passwordHash: bcryptHash });
    const auth = fixture.authWith({
      hasher: createServiceHasher({ ...fixture.hasher, hash: busy }),
    });
    await auth.login(call, { email, password });
    expect(await hashOf(id)).toBe(bcryptHash);
  });

  test('a busy hasher gives "unavailable" with a retry time', async () => {
    const { email } = await fixture.makeUser();
    const hasher = createServiceHasher({
      admit: () => {},
      hash: busy,
      verify: busy,
      verifyDummy: busy,
    });
    const auth = fixture.authWith({ hasher });
    const unavailable = { name: 'AppError', code: 'unavailable', details: { retryAfter: 2 } };
    await expect(auth.login(call, { email, password })).rejects.toMatchObject(unavailable);
    await expect(
      auth.login(call, { email: 'unknown@example.org', password }),
    ).rejects.toMatchObject(unavailable);
    await expect(auth.register(call, { email: 'new@example.org', password })).rejects.toMatchObject(
      unavailable,
    );
  });

  test('a full hasher rejects sign-ins before any other work', async () => {
    const admit = () => {
      throw new HasherBusy(2);
    };
    const asked = vi.fn(async () => {});
    const guard = { ...noIdentityGuard, login: asked, register: asked };
    const auth = fixture.authWith({
      guard,
      hasher: createServiceHasher({ ...fixture.hasher, admit }),
    });
    const unavailable = { name: 'AppError', code: 'unavailable', details: { retryAfter: 2 } };
    await expect(
      auth.login(call, { email: 'unknown@example.org', password }),
    ).rejects.toMatchObject(unavailable);
    await expect(auth.register(call, { email: 'new@example.org', password })).rejects.toMatchObject(
      unavailable,
    );
    expect(asked).not.toHaveBeenCalled();
  });

  test('a password that is changed during the check starts no session', async () => {
    const { email, id } = await fixture.makeUser();
    const verify: PasswordHasher['verify'] = async (hash, given) => {
      const verdict = await fixture.hasher.verify(hash, given);
      await fixture.users.replaceHash(id, bcryptHash);
      return verdict;
    };
    await expect(
      fixture.authWith({ hasher: { ...fixture.hasher, verify } }).login(call, { email, password }),
    ).rejects.toMatchObject(wrong);
    expect(await fixture.sessionsOf(id)).toEqual([]);
  });

  test('the twenty-first session ends the oldest, and its tokens stop working at once', async () => {
    const { email, id } = await fixture.makeUser();
    const tokens = [];
    for (let count = 0; count < 20; count++)
      tokens.push(await fixture.auth.login(call, { email, password }));
    const [first, second] = tokens;
    await fixture.authenticate(first?.accessToken ?? '');
    await fixture.auth.login(call, { email, password });
    await expect(fixture.authenticate(first?.accessToken ?? '')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await fixture.authenticate(second?.accessToken ?? '');
    const sessions = await fixture.sessionsOf(id);
    expect(sessions.map(({ revokedAt }) => revokedAt !== null)).toEqual([
      true,
      ...Array.from({ length: 20 }, () => false),
    ]);
  });

  test('concurrent sign-ins leave twenty sessions', async () => {
    const { email, id } = await fixture.makeUser();
    // Bypasses the queue of the hasher, so that all transactions run concurrently.
    const auth = fixture.authWith({
      hasher: { ...fixture.hasher, verify: async () => ({ ok: true, needsRehash: false }) },
    });
    await Promise.all(Array.from({ length: 30 }, () => auth.login(call, { email, password })));
    expect(
      (await fixture.sessionsOf(id)).filter(({ revokedAt }) => revokedAt === null),
    ).toHaveLength(20);
  });

  test('an ended session does not count against the limit of twenty', async () => {
    const { email, id } = await fixture.makeUser();
    for (let count = 0; count < 20; count++) await fixture.auth.login(call, { email, password });
    const [, newer] = await fixture.sessionsOf(id);
    await fixture.db.session.update({
      where: { id: newer?.id ?? '' },
      data: { expiresAt: new Date(0) },
    });
    await fixture.auth.login(call, { email, password });
    expect((await fixture.sessionsOf(id)).filter(({ revokedAt }) => revokedAt !== null)).toEqual(
      [],
    );
  });

  test('the guard is called first, and for every failure and success', async () => {
    const { email } = await fixture.makeUser();
    const calls: string[] = [];
    const note = (what: string) => async (email: string, address: string) =>
      void calls.push([what, email, address].join(' '));
    const noteFailure: IdentityGuard['loginFailed'] = async (...of) => {
      await note('failed')(...of);
      return { notify: false, delayMs: 0 };
    };
    const guard = {
      ...noIdentityGuard,
      login: note('check'),
      loginFailed: noteFailure,
      loginSucceeded: note('succeeded'),
    };
    const auth = fixture.authWith({ guard });
    await auth.login(call, { email, password });
    await auth.login(call, { email, password: 'wrong' }).catch(() => {});
    await auth.login(call, { email: 'unknown@example.org', password }).catch(() => {});
    expect(calls).toEqual(
      [
        [email, 'succeeded'],
        [email, 'failed'],
        ['unknown@example.org', 'failed'],
      ].flatMap(([account, end]) => [`check ${account} 192.0.2.1`, `${end} ${account} 192.0.2.1`]),
    );
    const verify = vi.fn(fixture.hasher.verify);
    const strict = { ...guard, login: () => Promise.reject(new Error('enough')) };
    await expect(
      fixture
        .authWith({ guard: strict, hasher: { ...fixture.hasher, verify } })
        .login(call, { email, password }),
    ).rejects.toThrow('enough');
    expect(verify).not.toHaveBeenCalled();
  });
});

describe('signing out', () => {
  test('ends only that session, at once and idempotently', async () => {
    const { email } = await fixture.makeUser();
    const [mine, other] = [
      await fixture.auth.login(call, { email, password }),
      await fixture.auth.login(call, { email, password }),
    ];
    const me = await fixture.callOf(mine.accessToken);
    await fixture.auth.logout(me);
    await fixture.auth.logout(me);
    await expect(fixture.authenticate(mine.accessToken)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(
      fixture.auth.refresh(call, { refreshToken: mine.refreshToken }),
    ).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await fixture.authenticate(other.accessToken);
    await fixture.auth.refresh(call, { refreshToken: other.refreshToken });
  });
});

describe('me', () => {
  test('returns the user without secrets', async () => {
    const user = await fixture.makeUser();
    const { accessToken } = await fixture.auth.login(call, { email: user.email, password });
    const me = await fixture.callOf(accessToken);
    expect(await fixture.auth.me(me)).toEqual(user);
    expect(Object.keys(user).sort()).toEqual([
      'createdAt',
      'email',
      'id',
      'name',
      'role',
      'updatedAt',
    ]);
    await fixture.db.user.delete({ where: { id: user.id } });
    await expect(fixture.auth.me(me)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('signing up', () => {
  const accepted = { accepted: true };

  test('creates an ordinary user who can sign in, named after the address by default', async () => {
    expect(await fixture.auth.register(call, { email: 'ada@example.org', password })).toEqual(
      accepted,
    );
    await fixture.auth.register(call, { email: 'grace@example.org', password, name: 'Grace' });
    const { accessToken } = await fixture.auth.login(call, { email: 'ada@example.org', password });
    expect(await fixture.auth.me(await fixture.callOf(accessToken))).toMatchObject({
      name: 'ada',
      role: 'user',
    });
    const grace = await fixture.auth.login(call, { email: 'grace@example.org', password });
    expect(await fixture.auth.me(await fixture.callOf(grace.accessToken))).toMatchObject({
      name: 'Grace',
    });
  });

  test('gives the same response for a taken address, also hashes, and leaves the account unchanged', async () => {
    const user = await fixture.makeUser();
    const before = await hashOf(user.id);
    const hash = vi.fn(fixture.hasher.hash);
    const auth = fixture.authWith({ hasher: { ...fixture.hasher, hash } });
    expect(
      await auth.register(call, {
        email: user.email,
        password: 'quite another password',
        name: 'Mallory',
      }),
    ).toEqual(accepted);
    expect(hash).toHaveBeenCalledOnce();
    expect(await hashOf(user.id)).toBe(before);
    expect(await fixture.users.findById(user.id)).toEqual(user);
  });

  test('of many concurrent sign-ups with one address one wins, and all get the same response', async () => {
    const email = 'race@example.org';
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => fixture.auth.register(call, { email, password })),
    );
    expect(answers).toEqual(Array.from({ length: 10 }, () => accepted));
    expect(await fixture.db.user.count({ where: { email } })).toBe(1);
  });

  test('a password that violates the policy is rejected before it is hashed, with a pointer to it', async () => {
    const hash = vi.fn(fixture.hasher.hash);
    const auth = fixture.authWith({ hasher: { ...fixture.hasher, hash } });
    const attempt = auth.register(call, { email: 'short@example.org', password: 'too short' });
    await expect(attempt).rejects.toMatchObject({
      code: 'bad_request',
      details: {
        errors: [
          { pointer: '/password', code: 'too_short', message: 'Use at least 12 characters' },
        ],
      },
    });
    expect(hash).not.toHaveBeenCalled();
  });

  test.each(['closed', 'invite'] as const)(
    'is forbidden where sign-up is "%s", for all addresses alike',
    async (signup) => {
      const { email } = await fixture.makeUser();
      const auth = fixture.authWith({ signup });
      for (const address of [email, 'stranger@example.org']) {
        await expect(auth.register(call, { email: address, password })).rejects.toMatchObject({
          code: 'forbidden',
        });
      }
      expect(await fixture.users.findCredentials('stranger@example.org')).toBeNull();
    },
  );
});
