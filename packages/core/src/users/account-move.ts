import { conflict } from '@synap/contracts';
import type { AuditCall } from '../events/audit.repository.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Repositories } from '../repositories.js';

interface Move {
  userId: string;
  /** The new address. */
  email: string;
  verified: boolean;
}

/** Gives an account another address: old links end, and the old address gets a notice. */
export function createAccountMove(sendMail: SendMail) {
  return async function move(
    within: Repositories,
    call: AuditCall,
    { userId, email, verified }: Move,
  ): Promise<void> {
    const before = await within.managedUsers.lock(userId);
    if (!before || (await within.users.findAccount(email)))
      throw conflict('This address has an account already');
    await within.users.changeEmail(userId, email, { verified });
    // A link that was mailed to the old address must not open the account of the new one.
    await within.mailTokens.removeAllOf(userId);
    await notifyOldAddress(within, sendMail, { to: before.email, address: call.address });
    await within.audit.record(call, {
      type: 'user.email-changed',
      subject: `user ${userId}`,
      actorId: userId,
    });
  };
}

export async function notifyOldAddress(
  within: Pick<Repositories, 'mails'>,
  sendMail: SendMail,
  { to, address }: { to: string; address: string },
): Promise<void> {
  await sendMail(within, {
    template: 'email-changed',
    to,
    values: { time: new Date().toUTCString(), address },
  });
}
