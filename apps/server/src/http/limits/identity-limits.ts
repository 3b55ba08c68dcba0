import type { IdentityGuard } from '@synap/core';
import { networkOf } from '../address.js';
import { createCounter, hashed } from './counter.js';
import { type LimitStore, memoryStore } from './store.js';

/** Milliseconds by which a failed sign-in is delayed after too many for its account. */
const failureDelay = 2000;

const limitMessage = (what: string) => `Too many ${what}: wait as long as Retry-After says.`;

/**
 * Creates the identity limits: sign-in by address, failures by account and address, mails by
 * address, refresh by session. Accounts are counted by mail address, even if no such account
 * exists.
 */
export function createIdentityLimits(
  factor: number,
  store: LimitStore = memoryStore,
): IdentityGuard {
  const hour = 3600;
  const counter = (name: string, points: number, window: number, what: string) =>
    createCounter({ name, points, window }, store, factor, limitMessage(what));
  const logins = counter('login', 10, 60, 'sign-ins from this address');
  const failures = counter('login-failures', 5, 900, 'failed sign-ins for this account');
  const hourly = counter('login-failures-hourly', 50, hour, 'failed sign-ins for this account');
  const registrations = counter('register', 5, hour, 'sign-ups from this address');
  const refreshes = counter('refresh', 300, 300, 'requests');
  const forgets = counter('forgot', 10, hour, 'requests for a new password from this address');
  const resends = counter('resend', 10, hour, 'requests for another mail from this address');
  const changes = counter('account-changes', 100, hour, 'changes of this account');
  const recorded = counter('recorded', 1, hour, 'entries of a kind');
  const shares = counter('records-share', 50, hour, 'entries');
  const records = counter('records', 500, hour, 'entries');
  const accountKey = (email: string, address: string) => `${networkOf(address)} ${hashed(email)}`;

  return {
    async login(email, address, report) {
      await logins.consume(networkOf(address), report);
      await failures.assertRemaining(accountKey(email, address), report);
    },
    async loginFailed(email, address) {
      const [{ consumedPoints }] = await Promise.all([
        hourly.increment(hashed(email)),
        failures.increment(accountKey(email, address)),
      ]);
      // Exactly one failure per hour reaches this count.
      const { points } = hourly;
      return {
        notify: consumedPoints === points,
        delayMs: consumedPoints >= points ? failureDelay : 0,
      };
    },
    loginSucceeded: (email, address) => failures.reset(accountKey(email, address)),
    async register(address, report) {
      await registrations.consume(networkOf(address), report);
    },
    async forgot(address, report) {
      await forgets.consume(networkOf(address), report);
    },
    async resend(addressOrUserId, report) {
      await resends.consume(networkOf(addressOrUserId), report);
    },
    async refresh(sessionId, report) {
      await refreshes.consume(sessionId, report);
    },
    async change(userOrKeyId, report) {
      await changes.consume(userOrKeyId, report);
    },
    async mayRecord({ kind, what, by }) {
      if ((await recorded.increment(hashed(`${kind} ${what}`))).consumedPoints > 1) return false;
      const share = await shares.increment(`${kind} ${networkOf(by)}`);
      return (
        share.consumedPoints <= shares.points &&
        (await records.increment(kind)).consumedPoints <= records.points
      );
    },
  };
}
