import { randomBytes } from 'node:crypto';
import { type Call, forbidden, unauthenticated } from '@synap/contracts';
import type { Clock } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import { createFailedSignIns, type Sleep } from '../identity/failed-sign-ins.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import type { ServiceHasher } from '../identity/service-hasher.js';
import { sessionRules } from '../identity/session-rules.js';
import type { Credentials, UsersRepository } from '../identity/users.repository.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Repositories } from '../repositories.js';
import { deviceOf } from './device.js';
import { isNewOrigin } from './new-origin.js';
import {
  type IssuedTokens,
  type TokenIssuers,
  type TokenSession,
  tokensOf,
} from './session-tokens.js';

export type LoginRepositories = Pick<Repositories, 'audit' | 'mails' | 'sessions' | 'users'>;

export interface LoginDependencies extends TokenIssuers {
  users: Pick<UsersRepository, 'findCredentials'>;
  transaction: <T>(run: (repositories: LoginRepositories) => Promise<T>) => Promise<T>;
  hasher: ServiceHasher;
  guard: IdentityGuard;
  sendMail: SendMail;
  /** True if an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /** @default a timer that ends when the client disconnects */
  sleep?: Sleep;
  sessionEnded: (sessionId: string) => void;
  newId: () => string;
  clock: Clock;
}

export function createLogin(dependencies: LoginDependencies) {
  const { users, transaction, hasher, guard, sendMail, verifyEmail } = dependencies;
  const { sessionEnded, newId, clock } = dependencies;
  const failed = createFailedSignIns(dependencies);
  const wrongCredentialsError = () =>
    unauthenticated(
      verifyEmail
        ? 'E-mail address or password is wrong, or the address is not verified yet: open the link that was mailed to you, or ask for another'
        : 'E-mail address or password is wrong',
    );

  /**
   * Returns the account and, if its hash is outdated, a stronger one; null if the credentials are
   * wrong.
   */
  async function verify(
    email: string,
    password: string,
  ): Promise<{ account: Credentials; betterHash: string | null } | null> {
    const account = await users.findCredentials(email);
    if (!account) {
      await hasher.verifyDummy(password);
      return null;
    }
    const { ok, needsRehash } = await hasher.verify(account.passwordHash, password);
    // Same response as for a wrong password: otherwise a person could register an address to test if
    // it had an account.
    if (verifyEmail && !account.verified) return null;
    return ok ? { account, betterHash: needsRehash ? await hasher.tryHash(password) : null } : null;
  }

  /**
   * Locks the user, so that concurrent sign-ins cannot exceed the session limit and a concurrent
   * password change is noticed.
   */
  async function startSession(call: Call, account: Credentials, betterHash: string | null) {
    const session: TokenSession & { salt: Uint8Array<ArrayBuffer> } = {
      id: newId(),
      userId: account.id,
      counter: 0,
      salt: new Uint8Array(randomBytes(16)),
      keyId: dependencies.refreshTokens.currentKid,
    };
    const { address } = call;
    const userAgent = call.userAgent?.slice(0, 500) ?? null;
    const ended = await transaction(async (tx) => {
      const current = await tx.users.lockCredentials(account.id);
      if (current?.passwordHash !== account.passwordHash) throw wrongCredentialsError();
      if (current.disabled) throw forbidden('This account is disabled: ask an administrator');
      if (betterHash) await tx.users.replaceHash(account.id, betterHash);
      const revoked = await tx.sessions.revokeAllButNewest(
        account.id,
        sessionRules.perUser - 1,
        sessionRules.idleSeconds,
      );
      const lifetime = sessionRules.absoluteSeconds;
      const origins = await tx.sessions.originsOf(account.id, userAgent, lifetime);
      await tx.sessions.insert({ ...session, address, userAgent, lifetime });
      const by = { actorId: account.id };
      for (const id of revoked) await tx.audit.record(call, auditEntries.sessionRevoked(id), by);
      await tx.audit.record(call, auditEntries.sessionStarted(session.id), by);
      if (isNewOrigin(origins, address))
        await notifyNewOrigin(tx, account.id, { address, userAgent });
      return revoked;
    });
    ended.forEach(sessionEnded);
    return session;
  }

  async function notifyNewOrigin(
    tx: LoginRepositories,
    userId: string,
    { address, userAgent }: { address: string; userAgent: string | null },
  ): Promise<void> {
    const user = await tx.users.findById(userId);
    if (!user) return;
    const values = {
      time: new Date(clock.now()).toUTCString(),
      address,
      device: deviceOf(userAgent),
    };
    await sendMail(tx, { template: 'new-sign-in', to: user.email, values });
  }

  return async function login(
    call: Call,
    { email, password }: { email: string; password: string },
  ): Promise<IssuedTokens> {
    hasher.admit();
    await guard.login(email, call.address, call.reportLimit);
    const verified = await verify(email, password);
    if (!verified) {
      await failed(call, email);
      throw wrongCredentialsError();
    }
    const session = await startSession(call, verified.account, verified.betterHash);
    await guard.loginSucceeded(email, call.address);
    return tokensOf(dependencies, session);
  };
}
