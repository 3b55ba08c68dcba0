import { AppError, type RefreshCookie, type Tokens } from '@synap/contracts';
import { sessionRules } from './session-rules.js';
import type { IssuedTokens } from './session-tokens.js';

/**
 * Keeps the refresh token in the cookie instead of the answer. The cookie lives as long as the
 * token could be idle.
 */
export function inCookie(cookie: RefreshCookie, { refreshToken, ...rest }: IssuedTokens): Tokens {
  cookie.set(refreshToken, sessionRules.idleSeconds);
  return rest;
}

/** A token that is refused for good is of no more use to the browser. */
export async function clearWhenRefused<T>(cookie: RefreshCookie, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated') cookie.clear();
    throw error;
  }
}
