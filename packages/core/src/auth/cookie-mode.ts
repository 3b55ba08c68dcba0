import { AppError, type RefreshCookie, type Tokens } from '@synap/contracts';
import { sessionRules } from '../identity/session-rules.js';
import type { IssuedTokens } from './session-tokens.js';

/**
 * Moves the refresh token from the response into the cookie. The cookie lives as long as the token
 * may be idle.
 */
export function inCookie(cookie: RefreshCookie, { refreshToken, ...rest }: IssuedTokens): Tokens {
  cookie.set(refreshToken, sessionRules.idleSeconds);
  return rest;
}

/** Clears the cookie if the token is rejected permanently; the browser cannot use it again. */
export async function clearWhenRejected<T>(cookie: RefreshCookie, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated') cookie.clear();
    throw error;
  }
}
