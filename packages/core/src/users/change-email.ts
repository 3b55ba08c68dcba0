import type { Mail, UserCall } from '@synap/contracts';
import { type Clock, generateToken, hashToken } from '@synap/security';
import { passwordChangedError } from '../identity/account-errors.js';
import { createAccountMove } from '../identity/account-move.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import type { RequireOwnPassword } from '../identity/own-account.js';
import type { Credentials } from '../identity/users.repository.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';

const hours = 24;

export interface ChangeEmailDependencies {
  transaction: Transaction;
  requireOwnPassword: RequireOwnPassword;
  guard: Pick<IdentityGuard, 'resend'>;
  sendMail: SendMail;
  clock: Clock;
  verifyEmail: boolean;
  linkTo: (path: string) => string;
  /** Called for each user whose address changed, after the commit. */
  userChanged: (userId: string) => void;
}

/**
 * Changes the caller's address after a password check. If addresses must be verified, it changes
 * only when the link in a mail to the new address is used. A mistyped address then locks no one
 * out, and the response does not reveal which addresses have an account.
 */
export function createChangeEmail({
  transaction,
  requireOwnPassword,
  guard,
  sendMail,
  clock,
  verifyEmail,
  linkTo,
  userChanged,
}: ChangeEmailDependencies) {
  const move = createAccountMove({ sendMail, clock });

  /**
   * Mails the link to a free address, or a notice to the owner of a taken one. Runs the same
   * statements in both cases, so that timing reveals nothing.
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
   * Locks the password until the commit: a concurrent password change ends all links and must not
   * miss this one.
   */
  async function assertPasswordUnchanged(
    { users: locked }: Repositories,
    { id, passwordHash }: Credentials,
  ): Promise<void> {
    const current = await locked.lockCredentials(id);
    if (current?.passwordHash !== passwordHash) throw passwordChangedError();
  }

  return async function changeEmail(
    call: UserCall,
    input: { email: string; currentPassword: string },
  ) {
    const { userId } = call.actor;
    const account = await requireOwnPassword(call, input.currentPassword, 'currentPassword');
    const accepted = { accepted: true } as const;
    if (input.email === account.email) return accepted;
    await guard.resend(call.address, call.reportLimit);
    // Limit also by user, so that one account cannot flood a third party from many networks.
    await guard.resend(userId, call.reportLimit);
    await transaction(async (tx) => {
      await assertPasswordUnchanged(tx, account);
      if (verifyEmail) await mailLink(tx, userId, input.email);
      else await move(tx, call, { userId, email: input.email, verified: false });
    });
    if (!verifyEmail) userChanged(userId);
    return accepted;
  };
}
