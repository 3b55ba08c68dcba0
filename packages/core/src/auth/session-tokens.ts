import type { Tokens } from '@synap/contracts';
import type { AccessTokens, RefreshTokens } from '@synap/security';

/**
 * Access and refresh token. The transport decides whether the refresh token goes into the body or a
 * cookie.
 */
export type IssuedTokens = Tokens & { refreshToken: string };

export interface TokenIssuers {
  accessTokens: Pick<AccessTokens, 'sign'>;
  refreshTokens: RefreshTokens;
}

export interface TokenSession {
  id: string;
  userId: string;
  counter: number;
  salt: Uint8Array;
  keyId: string;
}

/**
 * Issues a new access token, and the refresh token of the given counter, which is deterministic.
 */
export function tokensOf(
  { accessTokens, refreshTokens }: TokenIssuers,
  { id, userId, counter, salt, keyId }: TokenSession,
): IssuedTokens {
  const { token, expiresIn } = accessTokens.sign({ sub: userId, sid: id });
  const refreshToken = refreshTokens.issue({ sid: id, counter, salt, kid: keyId });
  return { accessToken: token, refreshToken, tokenType: 'Bearer', expiresIn };
}
