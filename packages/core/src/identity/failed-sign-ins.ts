import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '@synap/contracts';
import type { Clock } from '@synap/security';
import type { AuditRepository } from '../audit/audit.repository.js';
import { auditEntries } from '../audit/audit-entries.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { MailsRepository } from '../mail/mails.repository.js';
import type { IdentityGuard } from './identity-guard.js';
import type { UsersRepository } from './users.repository.js';

interface FailedSignInRepositories {
  users: Pick<UsersRepository, 'findCredentials' | 'findById'>;
  audit: AuditRepository;
  mails: Pick<MailsRepository, 'enqueue'>;
}

/** Sleeps; returns early when the client disconnects. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const sleepUnlessAborted: Sleep = (milliseconds, signal) =>
  delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);

export interface FailedSignInDependencies {
  guard: Pick<IdentityGuard, 'loginFailed' | 'mayRecord'>;
  transaction: <T>(run: (tx: FailedSignInRepositories) => Promise<T>) => Promise<T>;
  sendMail: SendMail;
  clock: Clock;
  /** @default a timer that ends when the client disconnects */
  sleep?: Sleep | undefined;
}

/**
 * Handles failed sign-ins: counts and audits them. Many failures for one account delay the response
 * and notify its owner; accounts are never locked.
 */
export function createFailedSignIns({
  guard,
  transaction,
  sendMail,
  clock,
  sleep = sleepUnlessAborted,
}: FailedSignInDependencies) {
  const notifyOwner = (call: Call, email: string) =>
    transaction(async (tx) => {
      const account = await tx.users.findCredentials(email);
      const user = account && (await tx.users.findById(account.id));
      if (!user) return;
      const time = new Date(clock.now()).toISOString();
      await sendMail(tx, { template: 'failed-sign-ins', to: user.email, values: { time } });
      await tx.audit.record(call, auditEntries.signInFailedOften(user.id));
    });

  /**
   * Records the first failure per account and hour. An unknown address is recorded without its
   * text, because people type passwords there.
   */
  async function record(call: Call, email: string): Promise<void> {
    if (!(await guard.mayRecord({ kind: 'sign-in', what: email, by: call.address }))) return;
    await transaction(async (tx) => {
      const account = await tx.users.findCredentials(email);
      await tx.audit.record(call, auditEntries.signInFailed(account?.id ?? null));
    });
  }

  return async function failed(call: Call, email: string): Promise<void> {
    const { notify, delayMs } = await guard.loginFailed(email, call.address);
    // Runs in parallel and ignores failures: neither time nor response may reveal that an account
    // exists.
    await Promise.allSettled([
      record(call, email),
      notify && notifyOwner(call, email),
      delayMs > 0 && sleep(delayMs, call.signal),
    ]);
  };
}
