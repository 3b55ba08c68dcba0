import { conflict, type Mail, type UserCall } from '@synap/contracts';
import { generateToken, hashToken, type PasswordHasher } from '@synap/security';
import { createFailedSignIns } from '../auth/failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';
import { createAccountMove } from './account-move.js';
import { createOwnPassword } from './own-password.js';
import type { Credentials, UsersRepository } from './users.repository.js';

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
 * Changes one's own address, by one's password. Where addresses must be verified, it changes once
 * the link in a mail to the new one is used, so a mistyped address shuts nobody out, and the answer
 * does not show which addresses have an account.
 */
export function createChangeEmail(dependencies: ChangeEmailDependencies) {
  const {
    users,
    transaction,
    hasher,
    guard = noIdentityGuard,
    sendMail,
    verifyEmail,
    linkTo,
    userChanged,
  } = dependencies;
  const failed = createFailedSignIns({ guard, transaction, sendMail });
  const requireOwnPassword = createOwnPassword({ users, hasher, guard, failed });
  const asked = { pointer: '/currentPassword', message: 'The current password is wrong' };
  const move = createAccountMove(sendMail);

  /**
   * Mails the link, or the owner of an address that has an account a notice; with the same
   * statements, so that timing does not tell.
   */
  async function mailLink(tx: Repositories, userId: string, email: string): Promise<void> {
    const isTaken = (await tx.users.findAccount(email)) !== null;
    const token = generateToken();
    const lifetime = isTaken ? 0 : hours * 3600;
    await tx.mailTokens.insert({
      userId,
      purpose: 'verify',
      hash: hashToken(token),
      lifetime,
      email,
    });
    const link = `${linkTo('/verify')}#${token}`;
    const notice: Mail = { template: 'existing-account', to: email, values: { link: linkTo('/') } };
    await sendMail(
      tx,
      isTaken ? notice : { template: 'verify', to: email, values: { link, hours } },
    );
  }

  /**
   * Keeps the password from changing until the end: a change of it ends all links, and must not
   * miss one.
   */
  async function demandSamePassword(
    { users: locked }: Repositories,
    { id, passwordHash }: Credentials,
  ): Promise<void> {
    const current = await locked.lockCredentials(id);
    if (current?.passwordHash !== passwordHash)
      throw conflict('The password was changed meanwhile: sign in again');
  }

  return async function changeEmail(
    call: UserCall,
    input: { email: string; currentPassword: string },
  ) {
    const { userId } = call.actor;
    const account = await requireOwnPassword(call, input.currentPassword, asked);
    const accepted = { accepted: true } as const;
    if (input.email === account.email) return accepted;
    await guard.resend(call.address, call.reportLimit);
    // From many addresses, too, one account must not flood whom it names.
    await guard.resend(userId, call.reportLimit);
    await transaction(async (tx) => {
      await demandSamePassword(tx, account);
      if (verifyEmail) await mailLink(tx, userId, input.email);
      else await move(tx, call, { userId, email: input.email, verified: false });
    });
    if (!verifyEmail) userChanged(userId);
    return accepted;
  };
}
