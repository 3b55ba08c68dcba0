/** Answer of `auth.login` and `auth.refresh`; what `$session.restore` takes. */
export interface SessionTokens {
  /** Absent where a cookie holds it. */
  refreshToken?: string | undefined;
  /** Used while it lasts, which `expiresIn` has to tell; else the first call gets a new one. */
  accessToken?: string;
  /** Seconds until the access token expires. */
  expiresIn?: number;
}

/** An access token and when it has to be replaced; times in milliseconds of `Date.now()`. */
export interface AccessToken {
  readonly value: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * Longest time before the end at which a token is replaced; of a short-lived one a fifth of its
 * life.
 */
const longestMargin = 30_000;

/**
 * @param askedAt when the request for it was sent: counting from there errs on the safe side,
 * whatever this machine's clock says
 */
export function toAccessToken(
  { accessToken, expiresIn }: SessionTokens,
  askedAt: number,
): AccessToken | undefined {
  if (accessToken === undefined || expiresIn === undefined) return undefined;
  const lifetime = expiresIn * 1000;
  const expiresAt = askedAt + lifetime;
  return {
    value: accessToken,
    expiresAt,
    renewAt: expiresAt - Math.min(longestMargin, lifetime / 5),
  };
}
