import type { Call } from '@synap/contracts';
import { type Clock, hashToken, type PasswordHasher } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import { invalidLinkError, samePasswordError } from '../identity/account-errors.js';
import { createAccountMove } from '../identity/account-move.js';
import { endSessions } from '../identity/end-sessions.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import { assertPasswordPolicy } from '../identity/new-account.js';
import type { UsersRepository } from '../identity/users.repository.js';
import type { RequestMail, SendMail } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';

export interface MailLinksDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  mailTokens: Pick<Repositories['mailTokens'], 'ownerOf'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  guard: Pick<IdentityGuard, 'forgot' | 'resend'>;
  sendMail: SendMail;
  clock: Clock;
  requestMail: RequestMail;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
  /** Called for each removed API key, after the commit. */
  keyEnded: (keyId: string) => void;
  /** Called for each user whose address changed, after the commit. */
  userChanged: (userId: string) => void;
  productName: string;
}

const accepted = { accepted: true } as const;

/**
 * Requests and redeems mail links. Anyone may request one and always gets the same response;
 * redeeming a link requires reading the mail.
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
  const { userChanged, productName, clock } = dependencies;
  const moveAccount = createAccountMove(dependencies);
  const requestLink = (ask: 'verify' | 'reset', { address, requestId }: Call, email: string) =>
    transaction((tx) => requestMail(tx, { ask, email, address, requestId }));

  return {
    async resend(call: Call, { email }: { email: string }) {
      await guard.resend(call.address, call.reportLimit);
      await requestLink('verify', call, email);
      return accepted;
    },

    async forgot(call: Call, { email }: { email: string }) {
      await guard.forgot(call.address, call.reportLimit);
      await requestLink('reset', call, email);
      return accepted;
    },

    async verify(call: Call, { token }: { token: string }): Promise<void> {
      const hash = hashToken(token);
      const owner = await mailTokens.ownerOf('verify', hash);
      const changed = await transaction(async (tx) => {
        // Lock the user before the token, as everywhere else: another order could deadlock.
        if (owner) await tx.users.lockCredentials(owner);
        const taken = owner && (await tx.mailTokens.take('verify', hash));
        if (!taken) throw invalidLinkError('sign in, or ask for another');
        const { userId, email } = taken;
        if (email !== null) {
          await moveAccount(tx, call, { userId, email, verified: true });
          return userId;
        }
        await tx.users.markVerified(userId);
        await tx.audit.record(call, auditEntries.userVerified(userId), { actorId: userId });
        return null;
      });
      if (changed) userChanged(changed);
    },

    /**
     * Sets a new password by a mailed link and ends all sessions (ASVS 5.0, 7.4.3). This also
     * verifies the address.
     */
    async reset(
      call: Call,
      { token, newPassword }: { token: string; newPassword: string },
    ): Promise<void> {
      const hash = hashToken(token);
      const invalidLink = () => invalidLinkError('ask for a new one');
      const owner = await mailTokens.ownerOf('reset', hash);
      const user = owner && (await users.findOwnCredentials(owner));
      if (!user) throw invalidLink();
      // A rejected password must not use up the link.
      assertPasswordPolicy(newPassword, { productName, email: user.email }, '/newPassword');
      if (user.mustChangePassword && (await hasher.verify(user.passwordHash, newPassword)).ok)
        throw samePasswordError();
      const passwordHash = await hasher.hash(newPassword);
      const ended = await transaction(async (tx) => {
        const before = await tx.users.lockCredentials(user.id);
        if (!(await tx.mailTokens.take('reset', hash))) throw invalidLink();
        await tx.users.setOwnPassword(user.id, passwordHash);
        await tx.mailTokens.removeAddressChangesOf(user.id);
        await tx.users.markVerified(user.id);
        const values = { time: new Date(clock.now()).toUTCString(), address: call.address };
        await sendMail(tx, { template: 'password-changed', to: user.email, values });
        const by = { actorId: user.id };
        await tx.audit.record(call, auditEntries.passwordReset(user.id), by);
        const sessions = await endSessions(tx, call, user.id, by);
        // Until verification anyone could register this address. Remove API keys that a stranger
        // may have created.
        const keys = before?.verified ? [] : await tx.apiKeys.deleteAllOf(user.id);
        for (const id of keys) await tx.audit.record(call, auditEntries.apiKeyRevoked(id), by);
        return { sessions, keys };
      });
      ended.sessions.forEach(sessionEnded);
      ended.keys.forEach(keyEnded);
    },
  };
}
