import type { AuthService, Call, Mail, Role, Tokens, User, UserCall } from '@synap/contracts';
import { createDatabase } from '@synap/db';
import {
  createAccessTokens,
  createPasswordHasher,
  createRefreshTokens,
  createSecretBox,
} from '@synap/security';
import { createTestDatabase } from '@synap/testing';
import { runMigrations } from 'graphile-worker';
import { createAccountMails } from './auth/account-mails.js';
import { type AuthDependencies, createAuthService } from './auth/auth.service.js';
import type { IssuedTokens } from './auth/session-tokens.js';
import { createAuthentication } from './identity/authenticate.js';
import { noIdentityGuard } from './identity/identity-guard.js';
import { createRequireOwnPassword } from './identity/own-account.js';
import { createServiceHasher } from './identity/service-hasher.js';
import { newId } from './ids.js';
import { createMailDelivery } from './mail/mail-delivery.js';
import { createMailQueue, createMailRequests } from './mail/mail-queue.js';
import { createRepositories, createTransaction } from './repositories.js';

const linkTo = (path: string) => `https://synap.example.org${path}`;
export const password = 'correct horse battery staple';
const hasher = createServiceHasher(createPasswordHasher({ queue: 1000, waitMs: 60_000 }));
const hashed = hasher.hash(password);

export const call: Call = {
  actor: { kind: 'anonymous' },
  requestId: 'test',
  address: '192.0.2.1',
  userAgent: 'test',
  signal: new AbortController().signal,
};

function withRefreshToken({ refreshToken, ...rest }: Tokens): IssuedTokens {
  if (refreshToken === undefined) throw new Error('The answer holds no refresh token');
  return { ...rest, refreshToken };
}

/** For callers without cookies, whose responses always contain both tokens. */
const inBody = (auth: AuthService) => ({
  ...auth,
  login: async (...of: Parameters<AuthService['login']>) =>
    withRefreshToken(await auth.login(...of)),
  refresh: async (...of: Parameters<AuthService['refresh']>) =>
    withRefreshToken(await auth.refresh(...of)),
});

/** Creates the auth service on its own database, without mocks. */
export async function createAuthFixture() {
  const { url, drop } = await createTestDatabase();
  await runMigrations({ connectionString: url });
  const { db, sql, transaction, close } = createDatabase({ url });
  const repositories = createRepositories(db, sql);
  const { users } = repositories;
  const accessTokens = createAccessTokens({
    keys: [{ kid: 'a', secret: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu' }],
    issuer: 'synap',
    audience: 'synap',
  });
  const refreshTokens = createRefreshTokens({
    keys: [{ kid: 'r', secret: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg' }],
  });
  const box = createSecretBox({ keys: [{ kid: 'e', secret: 'Hb2Fy7Ku4Mz9Cn6Xr1Wd8Tg3Vq5Jp0Ls' }] });
  const authentication = createAuthentication({ ...repositories, accessTokens, clock: Date });
  const { authenticate } = authentication;
  const forget = (sessionId: string) => authentication.invalidate('session', sessionId);

  const dependencies = {
    ...repositories,
    transaction: createTransaction({ transaction }),
    sendMail: createMailQueue(box),
    requestMail: createMailRequests(box),
    verifyEmail: false,
    hasher,
    guard: noIdentityGuard,
    accessTokens,
    refreshTokens,
    sessionEnded: forget,
    keyEnded: (id: string) => authentication.invalidate('key', id),
    userChanged: (id: string) => authentication.invalidate('user', id),
    signup: 'open',
    productName: 'Synap',
    clock: Date,
    newId,
    linkTo,
  } as const;
  const authWith = (other: Partial<AuthDependencies>) => {
    const all = { ...dependencies, ...other };
    return inBody(createAuthService({ ...all, requireOwnPassword: createRequireOwnPassword(all) }));
  };
  let made = 0;

  /**
   * Sends all queued mails, like the worker.
   * @returns the sent mails
   */
  async function sendMails({
    verifyEmail = false,
    send = async (_: Mail) => {},
  } = {}): Promise<Mail[]> {
    const sent: Mail[] = [];
    const delivery = createMailDelivery({
      mails: repositories.mails,
      box,
      compose: createAccountMails({
        transaction: dependencies.transaction,
        verifyEmail,
        linkTo,
      }),
      async send(_id, mail) {
        await send(mail);
        sent.push(mail);
      },
      isFinal: () => false,
      onDeadLetter: () => {},
    });
    for (const { id } of await db.mail.findMany({ orderBy: { id: 'asc' } }))
      await delivery.deliver(id, { lastAttempt: false });
    return sent;
  }

  return {
    ...dependencies,
    url,
    db,
    box,
    sql,
    close: async () => {
      await close();
      await drop();
    },
    authenticate,
    authentication,
    forget,
    requireOwnPassword: createRequireOwnPassword(dependencies),
    auth: authWith({}),
    authWith,

    sendMails,

    /** Creates a user with the password `password`. */
    async makeUser({
      role = 'user',
      passwordHash,
    }: {
      role?: Role;
      passwordHash?: string;
    } = {}): Promise<User> {
      const email = `user${++made}@example.org`;
      await users.insertUnlessTaken({
        email,
        name: 'Someone',
        passwordHash: passwordHash ?? (await hashed),
        role,
      });
      const credentials = await users.findCredentials(email);
      const user = credentials && (await users.findById(credentials.id));
      if (!user) throw new Error('The user was not made');
      return user;
    },

    /** Builds the call of a client with this access token. */
    async callOf(accessToken: string): Promise<UserCall> {
      const actor = await authenticate(accessToken);
      if (actor.kind !== 'user') throw new Error('The call is anonymous');
      return { ...call, actor };
    },

    sessionsOf: async (userId: string) =>
      await db.session.findMany({
        where: { userId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      }),
  };
}

export type AuthFixture = Awaited<ReturnType<typeof createAuthFixture>>;

/** Returns the session id inside a refresh token. */
export const sessionIdOf = (refreshToken: string) => refreshToken.slice(0, 36);
