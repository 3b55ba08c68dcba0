import { badRequest, type Call } from '@synap/contracts';
import { hashToken, type PasswordHasher } from '@synap/security';
import { revokedKeyEntry } from '../api-keys/api-key-audit.js';
import type { RequestMail, SendMail } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';
import { createAccountMove } from '../users/account-move.js';
import { assertPasswordPolicy, samePassword } from '../users/new-account.js';
import type { UsersRepository } from '../users/users.repository.js';
import type { IdentityGuard } from './identity-guard.js';
import { revokedEntry } from './session-audit.js';

export interface MailLinksDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  mailTokens: Pick<Repositories['mailTokens'], 'ownerOf'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  guard: Pick<IdentityGuard, 'forgot' | 'resend'>;
  sendMail: SendMail;
  requestMail: RequestMail;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  /** Told of each API key that was removed, likewise. */
  keyEnded: (keyId: string) => void;
  /** Told of a user whose address changed, once that is committed. */
  userChanged: (userId: string) => void;
  productName: string;
}

/** A link of a mail that opens nothing (any more). */
export const invalidLinkError = (advice: string) =>
  badRequest(`This link was used already or is too old: ${advice}`, [
    { pointer: '/token', message: 'Used already, too old, or none of ours', code: 'invalid_token' },
  ]);

const accepted = { accepted: true } as const;

/**
 * What links in mails are for: asked for by anybody, with an answer that is always the same; used
 * by whoever reads the mail.
 */
export function createMailLinks(dependencies: MailLinksDependencies) {
  const {
    users,
    mailTokens,
    transaction,
    hasher,
    guard,
    sendMail,
    requestMail,
    sessionEnded,
    keyEnded,
  } = dependencies;
  const { userChanged, productName } = dependencies;
  const moveAccount = createAccountMove(sendMail);
  const askFor = (ask: 'verify' | 'reset', { address, requestId }: Call, email: string) =>
    transaction((tx) => requestMail(tx, { ask, email, address, requestId }));

  return {
    async resend(call: Call, { email }: { email: string }) {
      await guard.resend(call.address, call.reportLimit);
      await askFor('verify', call, email);
      return accepted;
    },

    async forgot(call: Call, { email }: { email: string }) {
      await guard.forgot(call.address, call.reportLimit);
      await askFor('reset', call, email);
      return accepted;
    },

    async verify(call: Call, { token }: { token: string }): Promise<void> {
      const hash = hashToken(token);
      const owner = await mailTokens.ownerOf('verify', hash);
      const changed = await transaction(async (tx) => {
        // Before the token, as everywhere: transactions that take them in the other order could
        // wait for each other.
        if (owner) await tx.users.lockCredentials(owner);
        const taken = owner && (await tx.mailTokens.take('verify', hash));
        if (!taken) throw invalidLinkError('sign in, or ask for another');
        const { userId, email } = taken;
        if (email !== null) {
          await moveAccount(tx, call, { userId, email, verified: true });
          return userId;
        }
        await tx.users.markVerified(userId);
        await tx.audit.record(call, {
          type: 'user.verified',
          subject: `user ${userId}`,
          actorId: userId,
        });
        return null;
      });
      if (changed) userChanged(changed);
    },

    /**
     * A new password for whoever reads the mail; all sessions end (ASVS 5.0, 7.4.3). It proves the
     * address, too.
     */
    async reset(
      call: Call,
      { token, newPassword }: { token: string; newPassword: string },
    ): Promise<void> {
      const hash = hashToken(token);
      const spent = () => invalidLinkError('ask for a new one');
      const owner = await mailTokens.ownerOf('reset', hash);
      const user = owner && (await users.findOwnCredentials(owner));
      if (!user) throw spent();
      // A password that is refused leaves the link as it is.
      assertPasswordPolicy(newPassword, { productName, email: user.email }, '/newPassword');
      if (user.mustChangePassword && (await hasher.verify(user.passwordHash, newPassword)).ok)
        throw samePassword();
      const passwordHash = await hasher.hash(newPassword);
      const ended = await transaction(async (tx) => {
        const before = await tx.users.lockCredentials(user.id);
        if (!(await tx.mailTokens.take('reset', hash))) throw spent();
        await tx.users.setOwnPassword(user.id, passwordHash);
        await tx.mailTokens.removeAddressChangesOf(user.id);
        await tx.users.markVerified(user.id);
        const values = { time: new Date().toUTCString(), address: call.address };
        await sendMail(tx, { template: 'password-changed', to: user.email, values });
        await tx.audit.record(call, {
          type: 'user.password-reset',
          subject: `user ${user.id}`,
          actorId: user.id,
        });
        const sessions = await tx.sessions.revokeAllOf(user.id);
        for (const id of sessions)
          await tx.audit.record(call, { ...revokedEntry(id), actorId: user.id });
        // Until now the address was anybody's: what a stranger may have left must not stay behind
        // its owner's back.
        const keys = before?.verified ? [] : await tx.apiKeys.deleteAllOf(user.id);
        for (const id of keys)
          await tx.audit.record(call, { ...revokedKeyEntry(id), actorId: user.id });
        return { sessions, keys };
      });
      ended.sessions.forEach(sessionEnded);
      ended.keys.forEach(keyEnded);
    },
  };
}
