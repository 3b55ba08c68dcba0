import { type Authenticate, invalidToken, type UserActor } from '@synap/contracts';
import {
  type AccessTokens,
  type Clock,
  isSecretOf,
  looksLikeApiKey,
  parseApiKey,
} from '@synap/security';
import type { ApiKeyLookups } from './api-key-lookups.repository.js';
import { createSingleFlightCache } from './identity-cache.js';
import type { SessionLookups } from './session-lookups.repository.js';

/** Kinds of identity changes, as sent in NOTIFY payloads. */
type IdentityKind = 'session' | 'key' | 'user';

export interface Authentication {
  authenticate: Authenticate;
  /**
   * Call after the commit when a session or key has ended, or when a user's role, address or right
   * to sign in has changed. Takes effect in this process at once.
   */
  invalidate(kind: IdentityKind, id: string): void;
  /** Use after a lost notification connection. */
  invalidateAll(): void;
}

export interface AuthenticationOptions {
  accessTokens: Pick<AccessTokens, 'verify'>;
  sessionLookups: Pick<SessionLookups, 'actorOf'>;
  apiKeyLookups: Pick<ApiKeyLookups, 'keyOf'>;
  apiKeys: { touchLastUsed(id: string): Promise<void> };
  clock: Clock;
}

const invalidTokenError = () =>
  invalidToken(
    'The access token is not valid or its session has ended: refresh it or sign in again',
  );
const invalidKeyError = () =>
  invalidToken(
    'The API key is not valid: it was removed, has expired, or its owner may not sign in',
  );

/**
 * Authenticates an access token or API key. Tokens and secrets are verified at each call; session,
 * key and user state is cached for five seconds. Needs at most one indexed read, and none on a
 * cache hit.
 */
export function createAuthentication({
  accessTokens,
  sessionLookups,
  apiKeyLookups,
  apiKeys,
  clock,
}: AuthenticationOptions): Authentication {
  const knownSessions = createSingleFlightCache(sessionLookups.actorOf, clock);
  const knownKeys = createSingleFlightCache(apiKeyLookups.keyOf, clock);

  async function bySession(accessToken: string): Promise<UserActor> {
    const claims = accessTokens.verify(accessToken);
    if (!claims) throw invalidTokenError();
    const actor = await knownSessions.get(claims.sid);
    if (actor?.userId !== claims.sub) throw invalidTokenError();
    return actor;
  }

  async function byKey(token: string): Promise<UserActor> {
    const parts = parseApiKey(token);
    const known = parts && (await knownKeys.get(parts.id));
    if (!known || !isSecretOf(known.secretHash, parts.secret)) throw invalidKeyError();
    // The query checks expiry by the database's clock; this check covers cached entries.
    if (known.expiresAt !== null && known.expiresAt <= clock.now()) throw invalidKeyError();
    if (known.lastUsedIsStale) {
      known.lastUsedIsStale = false;
      // Fire and forget: a failed update must not fail the call, and the next lookup retries.
      apiKeys.touchLastUsed(parts.id).catch(() => {});
    }
    return known.actor;
  }

  return {
    authenticate: (token) => (looksLikeApiKey(token) ? byKey(token) : bySession(token)),
    invalidate(kind, id) {
      if (kind === 'session') return knownSessions.invalidate(id);
      if (kind === 'key') return knownKeys.invalidate(id);
      knownSessions.invalidateWhere(({ userId }) => userId === id);
      knownKeys.invalidateWhere(({ actor }) => actor.userId === id);
    },
    invalidateAll() {
      knownSessions.clear();
      knownKeys.clear();
    },
  };
}
