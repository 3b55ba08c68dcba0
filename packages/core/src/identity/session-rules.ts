/** Limits of a session, measured by the database's clock. */
export const sessionRules = {
  /** A session ends if it is not refreshed for 14 days. */
  idleSeconds: 14 * 86_400,
  /** A session ends 90 days after the sign-in, even if it is used. */
  absoluteSeconds: 90 * 86_400,
  /** Sensitive changes are allowed for ten minutes after the password was entered. */
  recentSeconds: 600,
  /** Maximum sessions per user; a new one ends the oldest. */
  perUser: 20,
} as const;

/** State of a session row at the time of a refresh. */
export interface RefreshState {
  id: string;
  userId: string;
  /** Counter of the current refresh token. */
  counter: number;
  salt: Uint8Array;
  keyId: string;
  /** True if it is not revoked or expired and its user is not disabled. */
  live: boolean;
  secondsSinceRotation: number;
}

export type RefreshDecision =
  /** The current token: replace it with the next one. */
  | 'rotate'
  /**
   * The previous token, while the current one was never used: return the current one again, because
   * the response may have been lost.
   */
  | 'repeat'
  /** An older token was reused, so someone has a copy: end the session (RFC 9700 §4.14.2). */
  | 'reused'
  | 'ended';

/**
 * Evaluates a genuine refresh token by its counter. Using the current token rotates it, so the
 * current token is always unused.
 */
export function evaluateRefreshToken(
  state: Pick<RefreshState, 'counter' | 'live' | 'secondsSinceRotation'>,
  counter: number,
): RefreshDecision {
  if (!state.live || state.secondsSinceRotation > sessionRules.idleSeconds) return 'ended';
  if (counter === state.counter) return 'rotate';
  if (counter === state.counter - 1) return 'repeat';
  return 'reused';
}
