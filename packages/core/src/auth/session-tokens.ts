import type { Tokens } from '@synap/contracts';
import type { AccessTokens, RefreshTokens } from '@synap/security';

/** The tokens of a session, both of them, whatever a face makes of the second. */
export type IssuedTokens = Tokens & { refreshToken: string };

export interface TokenMakers {
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
 * The pair of tokens of a session: a new access token, and the refresh token of that counter –
 * always the same.
 */
export function tokensOf(
  { accessTokens, refreshTokens }: TokenMakers,
  { id, userId, counter, salt, keyId }: TokenSession,
): IssuedTokens {
  const { token, expiresIn } = accessTokens.sign({ sub: userId, sid: id });
  const refreshToken = refreshTokens.issue({ sid: id, counter, salt, kid: keyId });
  return { accessToken: token, refreshToken, tokenType: 'Bearer', expiresIn };
}
