import { type Call, forbidden, unauthenticated } from '@synap/contracts';
import type { Repositories } from '../repositories.js';
import type { SessionLookups } from './session-lookups.repository.js';
import { evaluateRefreshToken } from './session-rules.js';
import type { TokenMakers } from './session-tokens.js';

export interface LogoutDependencies extends Pick<TokenMakers, 'refreshTokens'> {
  lookups: Pick<SessionLookups, 'refreshStateOf'>;
  transaction: <T>(run: (tx: Pick<Repositories, 'audit' | 'sessions'>) => Promise<T>) => Promise<T>;
  sessionEnded: (sessionId: string) => void;
}

/**
 * Ends the session of the access token or, where that is gone, of the cookie. Twice is as good as
 * once.
 */
export function createLogout({
  refreshTokens,
  lookups,
  transaction,
  sessionEnded,
}: LogoutDependencies) {
  async function end(call: Call, id: string, actorId: string): Promise<void> {
    await transaction(async (tx) => {
      if (!(await tx.sessions.revoke(id))) return;
      await tx.audit.record(call, { type: 'session.ended', subject: `session ${id}`, actorId });
    });
    sessionEnded(id);
  }

  /**
   * Ends the session of a refresh token. One that was rotated away still tells whose session it is;
   * whoever has it may end it, as a reuse would.
   */
  async function endByToken(call: Call, refreshToken: string): Promise<void> {
    const token = refreshTokens.parse(refreshToken);
    const state = token && (await lookups.refreshStateOf(token.sid));
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
    const held = cookie?.read();
    if (!cookie || held === undefined)
      throw unauthenticated(
        'Sign in first: this needs an access token, or the cookie of a sign-in',
      );
    await endByToken(call, held);
    cookie.clear();
  }

  return { logout, endByToken };
}
