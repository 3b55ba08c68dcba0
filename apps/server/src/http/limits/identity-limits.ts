import type { IdentityGuard } from '@synap/core';
import { networkOf } from '../address.js';
import { createCounter, hashed } from './counter.js';
import { type LimitStore, memoryStore } from './store.js';

/** Milliseconds by which a failed sign-in is answered later once there were too many for its account. */
const failureDelay = 2000;

const refusal = (what: string) => `Too many ${what}: wait as long as Retry-After says.`;

/**
 * The limits of identity: sign-in by address, failures by account and address, mails by account and by address, refresh by session.
 * Accounts are counted by the text of their address, whether there is such an account or not.
 */
export function createIdentityLimits(factor: number, store: LimitStore = memoryStore): IdentityGuard {
  const hour = 3600;
  const counter = (name: string, points: number, window: number, what: string) =>
    createCounter({ name, points, window }, store, factor, refusal(what));
  const logins = counter('login', 10, 60, 'sign-ins from this address');
  const failures = counter('login-failures', 5, 900, 'failed sign-ins for this account');
  const hourly = counter('login-failures-hourly', 50, hour, 'failed sign-ins for this account');
  const registrations = counter('register', 5, hour, 'sign-ups from this address');
  const refreshes = counter('refresh', 300, 300, 'requests');
  const forgets = mails('forgot', 'requests for a new password');
  const resends = mails('resend', 'requests for another mail');
  const accountKey = (email: string, address: string) => `${networkOf(address)} ${hashed(email)}`;

  function mails(name: string, what: string) {
    const byAddress = counter(name, 10, hour, `${what} from this address`);
    const byAccount = counter(`${name}-account`, 3, hour, `${what} for this account`);
    return async (email: string, address: string): Promise<void> => {
      await byAddress.consume(networkOf(address));
      await byAccount.consume(hashed(email));
    };
  }

  return {
    async login(email, address) {
      await logins.consume(networkOf(address));
      await failures.spent(accountKey(email, address));
    },
    async loginFailed(email, address) {
      const [{ consumedPoints }] = await Promise.all([hourly.note(hashed(email)), failures.note(accountKey(email, address))]);
      // Exactly one of all failures of the hour is the one that reaches the figure.
      const { points } = hourly;
      return { notify: consumedPoints === points, delayMs: consumedPoints >= points ? failureDelay : 0 };
    },
    loginSucceeded: (email, address) => failures.forget(accountKey(email, address)),
    async register(address) {
      await registrations.consume(networkOf(address));
    },
    forgot: forgets,
    resend: resends,
    async refresh(sessionId) {
      await refreshes.consume(sessionId);
    },
  };
}
