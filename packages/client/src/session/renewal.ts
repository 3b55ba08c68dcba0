import { SynapError } from '../errors/synap-error.js';
import type { AuthCalls } from './auth-calls.js';
import type { SessionStore } from './session-store.js';

/**
 * Milliseconds to wait for the message of another tab. It is sent before the lock is released, but
 * may arrive later.
 */
const messageTimeoutMs = 250;

/**
 * True if the server evaluated the token and rejected it. No response, overload or a proxy's page
 * do not prove that.
 */
export function isRejection({ problem, status }: SynapError): boolean {
  return problem !== undefined && (status === 400 || status === 401 || status === 403);
}

export interface RenewalDependencies {
  sessionStore: SessionStore;
  auth: AuthCalls;
  sessionEnded: (error: SynapError<'session_ended'>) => void;
}

/**
 * Requests a new access token: once for any number of callers, and once for all tabs if Web Locks
 * exist. Rejects with `session_ended` if the server rejects the token; other failures leave the
 * session as it is.
 */
export function createRenewal({
  sessionStore,
  auth,
  sessionEnded,
}: RenewalDependencies): () => Promise<void> {
  let running: { generation: number; promise: Promise<void> } | undefined;

  async function end(cause?: SynapError): Promise<never> {
    const message = 'The session has ended: sign in again.';
    const error = new SynapError('session_ended', message, {
      status: 401,
      requestId: cause?.requestId,
      cause,
    });
    // A failing storage must not hide the error.
    await sessionStore.drop().catch(() => undefined);
    sessionEnded(error);
    throw error;
  }

  async function exchange(generation: number) {
    const refreshToken = await sessionStore.refreshToken();
    if (sessionStore.generation !== generation) return;
    if (refreshToken === undefined) return end();
    const requestedAt = Date.now();
    try {
      const tokens = await auth.refresh(refreshToken);
      if (sessionStore.generation === generation) await sessionStore.renew(tokens, requestedAt);
    } catch (thrown) {
      if (sessionStore.generation !== generation) return;
      if (thrown instanceof SynapError && isRejection(thrown)) return end(thrown);
      throw thrown;
    }
  }

  function run(): Promise<void> {
    const { generation, access } = sessionStore;
    const isDone = () =>
      sessionStore.generation !== generation ||
      (sessionStore.access !== undefined && sessionStore.access !== access);
    return sessionStore.otherTabs.exclusively(async (waited) => {
      if (waited && !isDone()) await sessionStore.nextMessage(messageTimeoutMs);
      if (!isDone()) await exchange(generation);
    });
  }

  return () => {
    if (running?.generation === sessionStore.generation) return running.promise;
    const promise = run().finally(() => {
      if (running?.promise === promise) running = undefined;
    });
    running = { generation: sessionStore.generation, promise };
    return promise;
  };
}
