import type { Clock } from '@synap/security';
import type { AuditCall } from '../audit/audit.repository.js';
import { auditEntries } from '../audit/audit-entries.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Repositories } from '../repositories.js';
import { addressTakenError } from './account-errors.js';

interface NoticeDependencies {
  sendMail: SendMail;
  clock: Clock;
}

interface AddressChange {
  userId: string;
  /** The new address. */
  email: string;
  verified: boolean;
}

/** Changes the address of an account: revokes old links and notifies the old address. */
export function createAccountMove(dependencies: NoticeDependencies) {
  return async function changeAddress(
    tx: Repositories,
    call: AuditCall,
    { userId, email, verified }: AddressChange,
  ): Promise<void> {
    const before = await tx.managedUsers.lock(userId);
    if (!before || (await tx.users.findAccount(email))) throw addressTakenError();
    await tx.users.changeEmail(userId, email, { verified });
    // Links mailed to the old address must not open the account.
    await tx.mailTokens.removeAllOf(userId);
    await notifyOldAddress(tx, dependencies, { to: before.email, address: call.address });
    await tx.audit.record(call, auditEntries.userEmailChanged(userId), { actorId: userId });
  };
}

export async function notifyOldAddress(
  tx: Pick<Repositories, 'mails'>,
  { sendMail, clock }: NoticeDependencies,
  { to, address }: { to: string; address: string },
): Promise<void> {
  await sendMail(tx, {
    template: 'email-changed',
    to,
    values: { time: new Date(clock.now()).toUTCString(), address },
  });
}
