import type { ReportLimit } from '@synap/contracts';

/** Consequences of a failed sign-in. */
interface FailedLogin {
  /**
   * True at most once an hour, when an account has had so many failures that its owner should know.
   */
  notify: boolean;
  /** Milliseconds by which the response must be delayed. */
  delayMs: number;
}

/** A rejection that may be written to the audit log. */
interface Recordable {
  /** Each kind has its own limit, so that a flood of one does not hide the other. */
  kind: 'sign-in' | 'refusal';
  /** Deduplication key: recorded once an hour. */
  what: string;
  /**
   * Network address or user id; limited separately, so that one origin cannot use up the entries of
   * all others.
   */
  by: string;
}

/**
 * Limits attempts. Each method throws `too_many_requests` if no attempt is allowed now, and reports
 * each counted limit to `report`.
 */
export interface IdentityGuard {
  /** Call before the password of a sign-in is checked. */
  login(email: string, address: string, report?: ReportLimit): Promise<void>;
  /** Call also for unknown accounts. Returns the consequences of the failures so far. */
  loginFailed(email: string, address: string): Promise<FailedLogin>;
  loginSucceeded(email: string, address: string): Promise<void>;
  register(address: string, report?: ReportLimit): Promise<void>;
  /**
   * Call before a reset link is requested. Counted by address only: a stranger's requests must not
   * use up the owner's.
   */
  forgot(address: string, report?: ReportLimit): Promise<void>;
  /**
   * Call before another verification mail is sent; counted like `forgot`. An address change of an
   * account is also counted by user.
   */
  resend(addressOrUserId: string, report?: ReportLimit): Promise<void>;
  /**
   * Call before a refresh token is evaluated. Only genuine tokens count, so strangers cannot use up
   * the attempts of a session.
   */
  refresh(sessionId: string, report?: ReportLimit): Promise<void>;
  /**
   * Call before a user makes an audited change to their own account, such as another name or API
   * key.
   */
  change(userOrKeyId: string, report?: ReportLimit): Promise<void>;
  /**
   * Call before a rejection is written to the audit log. False if the same one was written within
   * the hour, or if its origin or kind has reached its limit.
   */
  mayRecord(refusal: Recordable): Promise<boolean>;
}

/** Allows everything. */
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
