import type { UserCall } from '@synap/contracts';
import { hashToken, makeToken, type PasswordHasher } from '@synap/security';
import { createFailedSignIns } from '../auth/failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { createAccountMove } from './account-move.js';
import { createOwnPassword } from './own-password.js';
import type { UsersRepository } from './users.repository.js';

const hours = 24;

export interface ChangeEmailDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'verify'>;
  /** None by default. */
  guard?: Pick<IdentityGuard, 'login' | 'loginFailed' | 'mayRecord' | 'resend'> | undefined;
  sendMail: SendMail;
  verifyEmail: boolean;
  linkTo: (path: string) => string;
  /** Told of a user whose address changed, once that is committed. */
  userChanged: (userId: string) => void;
}

/**
 * Changes one's own address, by one's password. Where addresses must be verified, it changes once the link in a mail to the new one is
 * used, so a mistyped address shuts nobody out, and the answer does not show which addresses have an account.
 */
export function createChangeEmail(dependencies: ChangeEmailDependencies) {
  const { users, transaction, hasher, guard = noIdentityGuard, sendMail, verifyEmail, linkTo, userChanged } = dependencies;
  const failed = createFailedSignIns({ guard, transaction, sendMail });
  const demandOwnPassword = createOwnPassword({ users, hasher, guard, failed });
  const asked = { pointer: '/currentPassword', message: 'The current password is wrong' };
  const move = createAccountMove(sendMail);

  /** Mails the link, or the owner of an address that has an account a notice. */
  const mailLink = (userId: string, email: string) =>
    transaction(async (within) => {
      if (await within.users.findAccount(email))
        return sendMail(within, { template: 'existing-account', to: email, values: { link: linkTo('/') } });
      const token = makeToken();
      await within.mailTokens.insert({ userId, purpose: 'verify', hash: hashToken(token), lifetime: hours * 3600, email });
      await sendMail(within, { template: 'verify', to: email, values: { link: `${linkTo('/verify')}#${token}`, hours } });
    });

  return async function changeEmail(call: UserCall, input: { email: string; currentPassword: string }) {
    const { userId } = call.actor;
    const account = await demandOwnPassword(call, input.currentPassword, asked);
    const accepted = { accepted: true } as const;
    if (input.email === account.email) return accepted;
    await guard.resend(call.address);
    if (verifyEmail) {
      await mailLink(userId, input.email);
      return accepted;
    }
    await transaction((within) => move(within, call, { userId, email: input.email, verified: false }));
    userChanged(userId);
    return accepted;
  };
}
