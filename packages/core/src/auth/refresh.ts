import { type Call, unauthenticated } from '@synap/contracts';
import type { RefreshTokenParts } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import type { SessionLookups } from '../identity/session-lookups.repository.js';
import { evaluateRefreshToken, type RefreshState } from '../identity/session-rules.js';
import type { SessionsRepository } from '../identity/sessions.repository.js';
import type { Repositories } from '../repositories.js';
import { type IssuedTokens, type TokenIssuers, tokensOf } from './session-tokens.js';

export interface RefreshDependencies extends TokenIssuers {
  /** Must be outside any transaction: its writes must survive the rejection of the call. */
  sessions: Pick<SessionsRepository, 'rotate'>;
  /** Ends a session on token reuse; commits before the call is rejected. */
  transaction: <T>(run: (tx: Pick<Repositories, 'audit' | 'sessions'>) => Promise<T>) => Promise<T>;
  sessionLookups: Pick<SessionLookups, 'refreshStateOf'>;
  sessionEnded: (sessionId: string) => void;
  guard: Pick<IdentityGuard, 'refresh'>;
}

const invalidRefreshTokenError = () =>
  unauthenticated('The refresh token is no longer valid: sign in again');

/**
 * Exchanges a refresh token for the next one of its session. Holds no transaction: rotation is one
 * conditional update, so exactly one concurrent call rotates and the others read the result.
 */
export function createRefresh({
  sessions,
  sessionLookups,
  transaction,
  sessionEnded,
  guard,
  ...tokenIssuers
}: RefreshDependencies) {
  async function verifiedStateOf(token: RefreshTokenParts): Promise<RefreshState> {
    const state = await sessionLookups.refreshStateOf(token.sid);
    // A forged token must not end the session; otherwise anyone who learns its id could end it.
    if (!state || !tokenIssuers.refreshTokens.verify(token, { ...state, kid: state.keyId }))
      throw invalidRefreshTokenError();
    return state;
  }

  const endForReuse = (call: Call, { id, userId }: RefreshState) =>
    transaction(async (tx) => {
      if (!(await tx.sessions.revoke(id))) return;
      await tx.audit.record(call, auditEntries.sessionReuseDetected(id, userId));
    });

  return async function refresh(call: Call, refreshToken: string): Promise<IssuedTokens> {
    const token = tokenIssuers.refreshTokens.parse(refreshToken);
    if (!token) throw invalidRefreshTokenError();
    let state = await verifiedStateOf(token);
    await guard.refresh(token.sid, call.reportLimit);
    for (;;) {
      const decision = evaluateRefreshToken(state, token.counter);
      if (decision === 'repeat') return tokensOf(tokenIssuers, state);
      if (decision === 'rotate') {
        // Sign the next token with the current secret, so that old secrets can be dropped after the
        // idle time.
        const keyId = tokenIssuers.refreshTokens.currentKid;
        if (await sessions.rotate(state.id, state.counter, keyId))
          return tokensOf(tokenIssuers, { ...state, keyId, counter: state.counter + 1 });
        // Another call rotated or ended the session concurrently. Neither is ever undone, so
        // evaluate again.
        state = await verifiedStateOf(token);
        continue;
      }
      if (decision === 'reused') {
        // Commit before throwing; the error would roll the revocation back.
        await endForReuse(call, state);
        sessionEnded(state.id);
      }
      throw invalidRefreshTokenError();
    }
  };
}
