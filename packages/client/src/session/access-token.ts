/** Response of `auth.login` and `auth.refresh`; input of `$session.restore`. */
export interface SessionTokens {
  /** Absent if a cookie holds it. */
  refreshToken?: string | undefined;
  /** Used until it expires; requires `expiresIn`. Without it the first call requests a new one. */
  accessToken?: string;
  /** Seconds until the access token expires. */
  expiresIn?: number;
}

/** An access token and when to replace it. Times are milliseconds of `Date.now()`. */
export interface AccessToken {
  readonly value: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * Longest time before expiry at which a token is replaced. Short-lived tokens use a fifth of their
 * lifetime.
 */
const longestMargin = 30_000;

/**
 * @param requestedAt when the request was sent: counting from there is safe even if this machine's
 *   clock is wrong
 */
export function toAccessToken(
  { accessToken, expiresIn }: SessionTokens,
  requestedAt: number,
): AccessToken | undefined {
  if (accessToken === undefined || expiresIn === undefined) return undefined;
  const lifetime = expiresIn * 1000;
  const expiresAt = requestedAt + lifetime;
  return {
    value: accessToken,
    expiresAt,
    renewAt: expiresAt - Math.min(longestMargin, lifetime / 5),
  };
}
