/** Bounds of a session; the database's clock judges all of them. */
export const sessionRules = {
  /** A session that is not refreshed for this long ends: 14 days. */
  idleSeconds: 14 * 86_400,
  /** A session ends this long after the sign-in, whatever the use: 90 days. */
  absoluteSeconds: 90 * 86_400,
  /**
   * For this long after a password was given a session may do what a stolen one must not: ten
   * minutes.
   */
  recentSeconds: 600,
  /** Sessions that a user may have; a further one ends the oldest. */
  perUser: 20,
} as const;

/** What the session's row says at the moment of a refresh. */
export interface RefreshState {
  id: string;
  userId: string;
  /** Counter of the refresh token in force. */
  counter: number;
  salt: Uint8Array;
  keyId: string;
  /** Not revoked, not past its absolute end, and its user is not disabled. */
  live: boolean;
  secondsSinceRotation: number;
}

export type RefreshDecision =
  /** The token in force: the next one takes its place. */
  | 'rotate'
  /**
   * The token before, while the one in force was never presented: that one is given again. Its
   * answer may have been lost.
   */
  | 'repeat'
  /** An older token comes back: somebody has a copy, so the session must end (RFC 9700 §4.14.2). */
  | 'reused'
  | 'ended';

/**
 * Judges a genuine refresh token of the session by its counter. Presenting the token in force
 * rotates it, so that one is always unused.
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
