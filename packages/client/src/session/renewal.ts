import { SynapError } from '../errors/synap-error.js';
import type { AuthCalls } from './auth-calls.js';
import type { SessionStore } from './session-store.js';

/**
 * Milliseconds to wait for the message of a sibling that has just finished: it is sent before the
 * lock is freed, but may arrive later.
 */
const messageTimeoutMs = 250;

/**
 * The server has looked at the token and refused it; anything else – no answer, overload, a proxy's
 * page – says nothing about it.
 */
export function isRefusal({ problem, status }: SynapError): boolean {
  return problem !== undefined && (status === 400 || status === 401 || status === 403);
}

export interface RenewalDependencies {
  sessionStore: SessionStore;
  auth: AuthCalls;
  sessionEnded: (error: SynapError<'session_ended'>) => void;
}

/**
 * Gets a new access token: once for any number of callers, and once for all siblings where there
 * are Web Locks. Rejects with `session_ended` when the server refuses; any other failure leaves the
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
    // A storage that cannot forget must not hide what happened.
    await sessionStore.drop().catch(() => undefined);
    sessionEnded(error);
    throw error;
  }

  async function exchange(generation: number) {
    const refreshToken = await sessionStore.refreshToken();
    if (sessionStore.generation !== generation) return;
    if (refreshToken === undefined) return end();
    const askedAt = Date.now();
    try {
      const tokens = await auth.refresh(refreshToken);
      if (sessionStore.generation === generation) await sessionStore.renew(tokens, askedAt);
    } catch (thrown) {
      if (sessionStore.generation !== generation) return;
      if (thrown instanceof SynapError && isRefusal(thrown)) return end(thrown);
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
