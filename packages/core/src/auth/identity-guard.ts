import type { ReportLimit } from '@synap/contracts';

/** What follows from a failed sign-in. */
interface FailedLogin {
  /**
   * True for one failure of an hour at most: the account has had so many that its owner should
   * know.
   */
  notify: boolean;
  /** Milliseconds by which the answer is to be delayed. */
  delayMs: number;
}

/** A refusal that may go on the trail. */
interface Recordable {
  /** Kinds have limits of their own, so that a flood of one hides nothing of the other. */
  kind: 'sign-in' | 'refusal';
  /** Goes on the trail once an hour. */
  what: string;
  /** Network address or user id: nobody may use up the entries of all others. */
  by: string;
}

/**
 * Counts what must not be tried without end. Each method throws `too_many_requests` when no further
 * try is allowed now, and reports the limits that it counts to `report`.
 */
export interface IdentityGuard {
  /** Before a sign-in's password is looked at. */
  login(email: string, address: string, report?: ReportLimit): Promise<void>;
  /** Told also of accounts that do not exist. Says what follows from so many failures. */
  loginFailed(email: string, address: string): Promise<FailedLogin>;
  loginSucceeded(email: string, address: string): Promise<void>;
  register(address: string, report?: ReportLimit): Promise<void>;
  /**
   * Before a link for a new password is asked for. Counted by address only: a stranger's requests
   * must not use up the owner's.
   */
  forgot(address: string, report?: ReportLimit): Promise<void>;
  /**
   * Before another mail for verification is sent; counted like `forgot`. For another address of an
   * account also by user.
   */
  resend(addressOrUserId: string, report?: ReportLimit): Promise<void>;
  /**
   * Before the refresh token of a session is judged; only genuine tokens count, so nobody can use
   * up another's tries.
   */
  refresh(sessionId: string, report?: ReportLimit): Promise<void>;
  /**
   * Before a user makes a change of their own account that goes on the trail for good, such as
   * another name or a further API key.
   */
  change(userOrKeyId: string, report?: ReportLimit): Promise<void>;
  /**
   * Before a refusal is written to the trail. False if the same was written within the hour, or the
   * hour has had too many of its origin or kind.
   */
  mayRecord(refusal: Recordable): Promise<boolean>;
}

/** Lets everything pass. */
export const noIdentityGuard: IdentityGuard = {
  login: async () => {},
  loginFailed: async () => ({ notify: false, delayMs: 0 }),
  loginSucceeded: async () => {},
  register: async () => {},
  forgot: async () => {},
  resend: async () => {},
  refresh: async () => {},
  change: async () => {},
  mayRecord: async () => true,
};
