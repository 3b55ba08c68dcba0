import { type Call, unauthenticated } from '@synap/contracts';
import type { RefreshTokenParts } from '@synap/security';
import type { Repositories } from '../repositories.js';
import type { IdentityGuard } from './identity-guard.js';
import type { SessionLookups } from './session-lookups.repository.js';
import { evaluateRefreshToken, type RefreshState } from './session-rules.js';
import { type IssuedTokens, type TokenMakers, tokensOf } from './session-tokens.js';
import type { SessionsRepository } from './sessions.repository.js';

export interface RefreshDependencies extends TokenMakers {
  /** Outside any transaction: what is written here must stand when the call is refused. */
  sessions: Pick<SessionsRepository, 'rotate'>;
  /** Only where a session ends for reuse, which is committed before the refusal. */
  transaction: <T>(run: (tx: Pick<Repositories, 'audit' | 'sessions'>) => Promise<T>) => Promise<T>;
  lookups: Pick<SessionLookups, 'refreshStateOf'>;
  sessionEnded: (sessionId: string) => void;
  guard: Pick<IdentityGuard, 'refresh'>;
}

const refuse = () => unauthenticated('The refresh token is not valid any more: sign in again');

/**
 * Answers a refresh token with the session's next one. No transaction is held open: the rotation is
 * one conditional update, so of any number of concurrent calls one rotates, and the others find
 * what it left.
 */
export function createRefresh({
  sessions,
  lookups,
  transaction,
  sessionEnded,
  guard,
  ...tokenIssuers
}: RefreshDependencies) {
  async function genuineStateOf(token: RefreshTokenParts): Promise<RefreshState> {
    const state = await lookups.refreshStateOf(token.sid);
    // A forged token proves nothing and so must not end the session: anyone who learnt its id
    // could.
    if (!state || !tokenIssuers.refreshTokens.verify(token, { ...state, kid: state.keyId }))
      throw refuse();
    return state;
  }

  const endForReuse = (call: Call, { id, userId }: RefreshState) =>
    transaction(async (tx) => {
      if (!(await tx.sessions.revoke(id))) return;
      await tx.audit.record(call, {
        type: 'session.reuse-detected',
        subject: `session ${id}`,
        payload: { userId },
      });
    });

  return async function refresh(call: Call, refreshToken: string): Promise<IssuedTokens> {
    const token = tokenIssuers.refreshTokens.parse(refreshToken);
    if (!token) throw refuse();
    let state = await genuineStateOf(token);
    await guard.refresh(token.sid, call.reportLimit);
    for (;;) {
      const verdict = evaluateRefreshToken(state, token.counter);
      if (verdict === 'repeat') return tokensOf(tokenIssuers, state);
      if (verdict === 'rotate') {
        // The successor is of the current secret, so that an older one is needed only as long as a
        // session may be idle.
        const keyId = tokenIssuers.refreshTokens.currentKid;
        if (await sessions.rotate(state.id, state.counter, keyId))
          return tokensOf(tokenIssuers, { ...state, keyId, counter: state.counter + 1 });
        // Another call rotated or ended the session in between. Neither is ever undone, so the next
        // look decides.
        state = await genuineStateOf(token);
        continue;
      }
      if (verdict === 'reused') {
        // Committed before the refusal is thrown, which would roll the revocation back.
        await endForReuse(call, state);
        sessionEnded(state.id);
      }
      throw refuse();
    }
  };
}
