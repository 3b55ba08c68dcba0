import { type Actor, type Authenticate, type UserActor, unauthenticated } from '@synap/contracts';
import type { AccessTokens, Clock } from '@synap/security';
import type { SessionLookups } from './session-lookups.repository.js';

/** How long a look-up may be believed: also the bound for revocations by other instances. */
const believedMs = 5000;
const maxEntries = 10_000;

interface Entry {
  since: number;
  /** The answer, or the look-up that is under way: callers of one session share it. */
  actor: UserActor | null | Promise<UserActor | null>;
}

export interface Authentication {
  authenticate: Authenticate;
  /** Must be told after a session was revoked (and committed), so that its tokens stop working here at once. */
  forget(sessionId: string): void;
}

export interface AuthenticationOptions {
  accessTokens: Pick<AccessTokens, 'verify'>;
  sessions: Pick<SessionLookups, 'actorOf'>;
  clock?: Clock;
}

const refuse = () => unauthenticated('The access token is not valid or its session has ended: refresh it or sign in again');

/**
 * Tells who presents an access token: the token is verified at each call, role and session come from the database and are believed for
 * five seconds. At most one indexed statement, none when the session was seen moments ago.
 */
export function createAuthentication({ accessTokens, sessions, clock = Date }: AuthenticationOptions): Authentication {
  // Entries are kept in the order of their look-up, so the first is always the one that expires first.
  const entries = new Map<string, Entry>();

  function lookUp(sessionId: string, now: number): Entry['actor'] {
    const entry: Entry = { since: now, actor: null };
    const keep = (actor: UserActor | null) => {
      entry.actor = actor;
      return actor;
    };
    const drop = (error: unknown) => {
      if (entries.get(sessionId) === entry) entries.delete(sessionId);
      throw error;
    };
    entry.actor = sessions.actorOf(sessionId).then(keep, drop);
    // The entry stands before the answer: a revocation in between removes it, and the older answer is never believed later.
    entries.delete(sessionId);
    entries.set(sessionId, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    return entry.actor;
  }

  return {
    async authenticate(accessToken): Promise<Actor> {
      const claims = accessTokens.verify(accessToken);
      if (!claims) throw refuse();
      const now = clock.now();
      const entry = entries.get(claims.sid);
      const believed = entry !== undefined && now - entry.since < believedMs && now >= entry.since;
      const actor = await (believed ? entry.actor : lookUp(claims.sid, now));
      if (actor?.userId !== claims.sub) throw refuse();
      return actor;
    },
    forget: (sessionId) => void entries.delete(sessionId),
  };
}
