import { type Call, forbidden, unauthenticated } from '@synap/contracts';
import { auditEntries } from '../audit/audit-entries.js';
import type { SessionLookups } from '../identity/session-lookups.repository.js';
import { evaluateRefreshToken } from '../identity/session-rules.js';
import type { Repositories } from '../repositories.js';
import type { TokenIssuers } from './session-tokens.js';

export interface LogoutDependencies extends Pick<TokenIssuers, 'refreshTokens'> {
  sessionLookups: Pick<SessionLookups, 'refreshStateOf'>;
  transaction: <T>(run: (tx: Pick<Repositories, 'audit' | 'sessions'>) => Promise<T>) => Promise<T>;
  sessionEnded: (sessionId: string) => void;
}

/** Ends the session of the access token or, without a valid one, of the cookie. Idempotent. */
export function createLogout({
  refreshTokens,
  sessionLookups,
  transaction,
  sessionEnded,
}: LogoutDependencies) {
  async function end(call: Call, id: string, actorId: string): Promise<void> {
    await transaction(async (tx) => {
      if (!(await tx.sessions.revoke(id))) return;
      await tx.audit.record(call, auditEntries.sessionEnded(id), { actorId });
    });
    sessionEnded(id);
  }

  /**
   * Ends the session of a refresh token. A rotated token is accepted, too: its reuse would end the
   * session anyway.
   */
  async function endByToken(call: Call, refreshToken: string): Promise<void> {
    const token = refreshTokens.parse(refreshToken);
    const state = token && (await sessionLookups.refreshStateOf(token.sid));
    if (!token || !state || !refreshTokens.verify(token, { ...state, kid: state.keyId })) return;
    if (evaluateRefreshToken(state, token.counter) !== 'ended')
      await end(call, state.id, state.userId);
  }

  async function logout(call: Call): Promise<void> {
    const { actor, cookie } = call;
    if (actor.kind === 'user') {
      if (actor.sessionId === null)
        throw forbidden('An API key has no session to end: revoke the key instead');
      await end(call, actor.sessionId, actor.userId);
      if (cookie?.present) cookie.clear();
      return;
    }
    const cookieToken = cookie?.read();
    if (!cookie || cookieToken === undefined)
      throw unauthenticated('Sign in first: this needs an access token or a refresh cookie');
    await endByToken(call, cookieToken);
    cookie.clear();
  }

  return { logout, endByToken };
}
