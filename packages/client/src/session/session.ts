import { isSynapError, SynapError } from '../errors/synap-error.js';
import type { RouterInputs } from '../types.js';
import type { SessionTokens } from './access-token.js';
import type { AuthCalls } from './auth-calls.js';
import { createRenewal, isRefusal } from './renewal.js';
import { createSessionStore, type SessionStoreOptions } from './session-store.js';
import { runListener, type SessionListener, type SessionState } from './state.js';

/** Signing in and out, as `client.$session`. */
export interface Session {
  /** The state as far as it is known; the same object until it changes. */
  readonly current: SessionState;
  /** Tells of each change of state from now on. Returns what ends that. */
  subscribe(listener: SessionListener): () => void;
  /** The state once the storage has been asked. */
  ready(): Promise<SessionState>;
  /**
   * Rejects with `unauthenticated` for a wrong e-mail address or password, with `too_many_requests`
   * after too many attempts.
   */
  signIn(
    credentials: RouterInputs['auth']['login'],
    options?: { signal?: AbortSignal },
  ): Promise<void>;
  /**
   * Forgets the session at once, then ends it on the server. Rejects when the server could not be
   * told; it is forgotten here also then.
   */
  signOut(): Promise<void>;
  /** Goes on with a session begun elsewhere, such as by `client.auth.login.mutate`. */
  restore(tokens: SessionTokens): Promise<void>;
  /** Stops listening to the other clients of a shared session. */
  close(): void;
}

/** What calls need of a session. */
export interface AccessControl {
  /**
   * Sees to a usable access token, if there is a session. Rejects with `session_ended`, or with
   * what kept it from being renewed.
   */
  prepare(): Promise<void>;
  token(): string | undefined;
  /** Replaces a token that the server refused, unless that has happened meanwhile. */
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
  /**
   * Whether anybody was signed in: that the first try by a cookie finds nobody is no end of a
   * session.
   */
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
        // Renewed early, so that a passing fault does no harm while the old token still holds.
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
        if (!(error instanceof SynapError && isRefusal(error))) throw error;
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
      const askedAt = Date.now();
      await sessionStore.start(await auth.login(credentials, signal), askedAt);
    },
    async signOut() {
      const accessToken = access.token();
      const refreshToken = await sessionStore.refreshToken();
      await sessionStore.drop();
      if (refreshToken === undefined) return;
      try {
        await endOnServer(accessToken, refreshToken);
      } catch (error) {
        // The server knows no such session any more: that is what was wanted.
        if (!(error instanceof SynapError && isRefusal(error))) throw error;
      }
    },
    restore: (tokens) => sessionStore.start(tokens, Date.now()),
    close: () => sessionStore.otherTabs.close(),
  };
  return { $session, access };
}
