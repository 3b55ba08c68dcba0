import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '@synap/contracts';
import type { AuditRepository } from '../events/audit.repository.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { MailsRepository } from '../mail/mails.repository.js';
import type { UsersRepository } from '../users/users.repository.js';
import type { IdentityGuard } from './identity-guard.js';

interface FailedSignInRepositories {
  users: Pick<UsersRepository, 'findCredentials' | 'findById'>;
  audit: AuditRepository;
  mails: Pick<MailsRepository, 'enqueue'>;
}

/** Waits, or less long when nobody waits for the answer any more. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const sleepUnlessAborted: Sleep = (milliseconds, signal) =>
  delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);

export interface FailedSignInDependencies {
  guard: Pick<IdentityGuard, 'loginFailed' | 'mayRecord'>;
  transaction: <T>(run: (tx: FailedSignInRepositories) => Promise<T>) => Promise<T>;
  sendMail: SendMail;
  sleep?: Sleep | undefined;
}

/**
 * What follows from a failed sign-in: counted and on the trail; after many for one account slower,
 * and its owner is told. Never a lock.
 */
export function createFailedSignIns({
  guard,
  transaction,
  sendMail,
  sleep = sleepUnlessAborted,
}: FailedSignInDependencies) {
  const tell = (call: Call, email: string) =>
    transaction(async (tx) => {
      const account = await tx.users.findCredentials(email);
      const user = account && (await tx.users.findById(account.id));
      if (!user) return;
      const time = new Date().toISOString();
      await sendMail(tx, { template: 'failed-sign-ins', to: user.email, values: { time } });
      await tx.audit.record(call, {
        type: 'user.sign-in-failed-often',
        subject: `user ${user.id}`,
      });
    });

  /**
   * The first of an hour for an account. An address without one is on record, too, without its
   * text: people type passwords there.
   */
  async function record(call: Call, email: string): Promise<void> {
    if (!(await guard.mayRecord({ kind: 'sign-in', what: email, by: call.address }))) return;
    await transaction(async (tx) => {
      const account = await tx.users.findCredentials(email);
      await tx.audit.record(call, {
        type: 'user.sign-in-failed',
        subject: `user ${account?.id ?? 'unknown'}`,
      });
    });
  }

  return async function failed(call: Call, email: string): Promise<void> {
    const { notify, delayMs } = await guard.loginFailed(email, call.address);
    // At the same time, and whatever comes of the notice: neither time nor answer may tell whether
    // there is such an account.
    await Promise.allSettled([
      record(call, email),
      notify && tell(call, email),
      delayMs > 0 && sleep(delayMs, call.signal),
    ]);
  };
}
