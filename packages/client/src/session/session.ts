import { isSynapError, SynapError } from '../errors/synap-error.js';
import type { RouterInputs } from '../types.js';
import type { SessionTokens } from './access-token.js';
import type { AuthCalls } from './auth-calls.js';
import { createRenewal, isRejection } from './renewal.js';
import { createSessionStore, type SessionStoreOptions } from './session-store.js';
import { runListener, type SessionListener, type SessionState } from './state.js';

/**
 * Signs in and out; available as `client.$session`. If the client has an API key, `signIn`,
 * `signOut` and `restore` reject with a `TypeError`.
 *
 * @example
 * ```ts
 * await client.$session.signIn({ email, password });
 * const unsubscribe = client.$session.subscribe(({ status }) => render(status));
 * ```
 */
export interface Session {
  /** The known state. Stays the same object until it changes. */
  readonly current: SessionState;
  /** Calls `listener` at each later change of state. Returns a function that unsubscribes. */
  subscribe(listener: SessionListener): () => void;
  /**
   * Resolves to the state after the storage was read, or the session cookie was tried.
   * @throws SynapError `unexpected` if the storage fails, or the failure of the request
   */
  ready(): Promise<SessionState>;
  /**
   * Starts a session.
   * @throws SynapError `unauthenticated` for a wrong e-mail address or password,
   *   `too_many_requests` after too many attempts
   */
  signIn(
    credentials: RouterInputs['auth']['login'],
    options?: { signal?: AbortSignal },
  ): Promise<void>;
  /**
   * Forgets the session locally at once, then ends it on the server.
   * @throws SynapError if the server could not end it; it is forgotten locally all the same
   */
  signOut(): Promise<void>;
  /**
   * Continues a session that was started elsewhere, such as by `client.auth.login.mutate`.
   * @throws SynapError `unexpected` if the storage fails
   */
  restore(tokens: SessionTokens): Promise<void>;
  /** Stops listening to the other clients of a shared session. */
  close(): void;
}

/** Access token of the session, as calls use it. */
export interface AccessControl {
  /**
   * Ensures a valid access token if there is a session. Rejects with `session_ended`, or with the
   * failure of the renewal.
   */
  prepare(): Promise<void>;
  token(): string | undefined;
  /** Replaces a rejected token, unless it was replaced already. */
  renew(refused: string): Promise<void>;
}

export interface SessionOptions extends SessionStoreOptions {
  auth: AuthCalls;
  onSessionEnd: ((error: SynapError<'session_ended'>) => void) | undefined;
}

export function createSession({ auth, onSessionEnd, ...options }: SessionOptions): {
  $session: Session;
  access: AccessControl;
} {
  const sessionStore = createSessionStore(options);
  /** True if a user was signed in. A first try without a cookie must not call `onSessionEnd`. */
  let hadSession = !options.cookie;
  sessionStore.state.subscribe(({ status }) => {
    hadSession ||= status === 'signed-in';
  });
  const sessionEnded = (error: SynapError<'session_ended'>) => {
    if (hadSession) runListener(() => onSessionEnd?.(error));
  };
  const renew = createRenewal({ sessionStore, auth, sessionEnded });

  async function load(): Promise<void> {
    await sessionStore.load();
    if (sessionStore.state.current.status !== 'unknown') return;
    await renew().catch((error: unknown) => {
      if (!isSynapError(error, 'session_ended')) throw error;
    });
  }

  const access: AccessControl = {
    async prepare() {
      await load();
      const token = sessionStore.access;
      if (
        sessionStore.state.current.status !== 'signed-in' ||
        (token && Date.now() < token.renewAt)
      )
        return;
      try {
        await renew();
      } catch (error) {
        // The renewal starts early: a transient failure is harmless while the old token is valid.
        if (isSynapError(error, 'session_ended') || !token || Date.now() >= token.expiresAt)
          throw error;
      }
    },
    token: () => sessionStore.access?.value,
    async renew(refused) {
      if (sessionStore.access?.value === refused) await renew();
    },
  };

  async function endOnServer(accessToken: string | undefined, refreshToken: string) {
    if (accessToken !== undefined) {
      try {
        return await auth.logout(accessToken);
      } catch (error) {
        if (!(error instanceof SynapError && isRejection(error))) throw error;
      }
    }
    const renewed = await auth.refresh(refreshToken);
    await auth.logout(renewed.accessToken);
  }

  const $session: Session = {
    get current() {
      return sessionStore.state.current;
    },
    subscribe: sessionStore.state.subscribe,
    async ready() {
      await load();
      return sessionStore.state.current;
    },
    async signIn(credentials, { signal } = {}) {
      const requestedAt = Date.now();
      await sessionStore.start(await auth.login(credentials, signal), requestedAt);
    },
    async signOut() {
      const accessToken = access.token();
      const refreshToken = await sessionStore.refreshToken();
      await sessionStore.drop();
      if (refreshToken === undefined) return;
      try {
        await endOnServer(accessToken, refreshToken);
      } catch (error) {
        // The session no longer exists on the server, which is the goal.
        if (!(error instanceof SynapError && isRejection(error))) throw error;
      }
    },
    restore: (tokens) => sessionStore.start(tokens, Date.now()),
    close: () => sessionStore.otherTabs.close(),
  };
  return { $session, access };
}
