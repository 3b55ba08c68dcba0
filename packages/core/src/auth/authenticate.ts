import { type Authenticate, invalidToken, type UserActor } from '@synap/contracts';
import {
  type AccessTokens,
  type Clock,
  isSecretOf,
  looksLikeApiKey,
  parseApiKey,
} from '@synap/security';
import type { ApiKeyLookups } from '../api-keys/api-key-lookups.repository.js';
import type { ApiKeysRepository } from '../api-keys/api-keys.repository.js';
import { createSingleFlightCache } from './identity-cache.js';
import type { SessionLookups } from './session-lookups.repository.js';

/** What can change of who somebody is; the words of the database's notifications. */
type IdentityKind = 'session' | 'key' | 'user';

export interface Authentication {
  authenticate: Authenticate;
  /**
   * Must be told, after the commit, of a session or a key that has ended, and of a user whose role,
   * address or right to sign in has changed: it holds here at once then.
   */
  invalidate(kind: IdentityKind, id: string): void;
  /** For when news may have been missed. */
  invalidateAll(): void;
}

export interface AuthenticationOptions {
  accessTokens: Pick<AccessTokens, 'verify'>;
  sessions: Pick<SessionLookups, 'actorOf'>;
  keys: Pick<ApiKeyLookups, 'keyOf'> & Pick<ApiKeysRepository, 'touchLastUsed'>;
  clock?: Clock;
}

const refuseToken = () =>
  invalidToken(
    'The access token is not valid or its session has ended: refresh it or sign in again',
  );
const refuseKey = () =>
  invalidToken(
    'The API key is not valid: it was removed, has expired, or its owner may not sign in',
  );

/**
 * Tells who presents an access token or an API key. Tokens and secrets are verified at each call;
 * what the database says of session, key and user is believed for five seconds. At most one indexed
 * statement, none when the session or key was seen moments ago.
 */
export function createAuthentication({
  accessTokens,
  sessions,
  keys,
  clock = Date,
}: AuthenticationOptions): Authentication {
  const knownSessions = createSingleFlightCache(sessions.actorOf, clock);
  const knownKeys = createSingleFlightCache(keys.keyOf, clock);

  async function bySession(accessToken: string): Promise<UserActor> {
    const claims = accessTokens.verify(accessToken);
    if (!claims) throw refuseToken();
    const actor = await knownSessions.get(claims.sid);
    if (actor?.userId !== claims.sub) throw refuseToken();
    return actor;
  }

  async function byKey(token: string): Promise<UserActor> {
    const parts = parseApiKey(token);
    const known = parts && (await knownKeys.get(parts.id));
    if (!known || !isSecretOf(known.secretHash, parts.secret)) throw refuseKey();
    // The look-up asked the database's clock; this is for those who are believed since.
    if (known.expiresAt !== null && known.expiresAt <= clock.now()) throw refuseKey();
    if (known.lastUsedIsStale) {
      known.lastUsedIsStale = false;
      // Beside the call: that it could not be noted is no reason to fail, and the next look-up
      // tries again.
      keys.touchLastUsed(parts.id).catch(() => {});
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
