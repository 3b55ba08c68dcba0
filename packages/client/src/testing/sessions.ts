import {
  type Actor,
  type Authenticate,
  type AuthService,
  type AuthSessionsService,
  notFound,
  type User,
  unauthenticated,
} from '@synap/contracts';

export const credentials = { email: 'ada@example.org', password: 'correct horse battery staple' };

const user: User = {
  id: '3f0c1a9e-6b1d-4b5e-9d53-0d8f5f0c7a11',
  email: credentials.email,
  name: 'Ada',
  role: 'user',
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  updatedAt: new Date('2026-01-02T03:04:05.678Z'),
};

interface Session {
  counter: number;
  revoked: boolean;
}

/**
 * Implements the server's session rules in memory: refresh tokens rotate, the previous one returns
 * the unused current one, and an older one ends the session.
 */
export function createSessions() {
  const sessions = new Map<string, Session>();
  const accessTokens = new Map<string, string>();
  const counts = { logins: 0, rotations: 0, refreshes: 0, logouts: 0 };
  const settings = {
    /** Seconds. */
    expiresIn: 600,
    /** Runs after a refresh was decided and before the response. */
    beforeRefreshResponse: (): void | Promise<void> => undefined,
    /** Runs before the access token of a request is checked. */
    beforeAuthentication: (_url: string): void | Promise<void> => undefined,
  };
  let issued = 0;

  function tokensOf(id: string, { counter }: Session) {
    const accessToken = `access-${++issued}`;
    accessTokens.set(accessToken, id);
    return {
      accessToken,
      refreshToken: `${id}.${counter}`,
      tokenType: 'Bearer' as const,
      expiresIn: settings.expiresIn,
    };
  }

  const absent = () => Promise.reject(notFound('Not in this test'));
  const auth: AuthService = {
    register: async () => ({ accepted: true }),
    async login(_call, { email, password }) {
      if (email !== credentials.email || password !== credentials.password)
        throw unauthenticated('E-mail or password is wrong');
      counts.logins += 1;
      const session = { counter: 0, revoked: false };
      const id = `session-${counts.logins}`;
      sessions.set(id, session);
      return tokensOf(id, session);
    },
    async refresh(_call, { refreshToken = '' }) {
      counts.refreshes += 1;
      const [id = '', counter] = refreshToken.split('.');
      const session = sessions.get(id);
      if (session?.revoked) await settings.beforeRefreshResponse();
      if (!session || session.revoked)
        throw unauthenticated('The refresh token is no longer valid: sign in again');
      const behind = session.counter - Number(counter);
      if (behind === 0) {
        session.counter += 1;
        counts.rotations += 1;
      } else if (behind !== 1) {
        session.revoked = true;
        throw unauthenticated('The refresh token is no longer valid: sign in again');
      }
      await settings.beforeRefreshResponse();
      return tokensOf(id, session);
    },
    async logout({ actor }) {
      counts.logouts += 1;
      const session = sessions.get((actor.kind === 'user' && actor.sessionId) || '');
      if (actor.kind !== 'user') throw unauthenticated('Sign in first');
      if (!session) throw notFound('Session not found');
      session.revoked = true;
    },
    token: absent,
    verify: absent,
    reauthenticate: absent,
    resend: absent,
    forgot: absent,
    reset: absent,
    me: async () => user,
  };

  const authenticate: Authenticate = async (token): Promise<Actor> => {
    const sessionId = accessTokens.get(token);
    if (sessionId === undefined || sessions.get(sessionId)?.revoked !== false) {
      throw unauthenticated('The access token is no longer valid');
    }
    return {
      kind: 'user',
      userId: user.id,
      email: user.email,
      role: user.role,
      sessionId,
      verified: true,
    };
  };

  const authSessions: AuthSessionsService = {
    list: async () => ({ items: [], nextCursor: null }),
    revoke: async () => {},
    revokeOthers: async () => {},
  };

  return {
    auth,
    authSessions,
    authenticate,
    counts,
    settings,
    user,
    /** Invalidates all access tokens issued so far; the sessions stay. */
    expireAccessTokens: () => accessTokens.clear(),
    revokeSessions() {
      for (const session of sessions.values()) session.revoked = true;
    },
  };
}
