/**
 * `unknown` until the storage has been read. A `signed-in` session may still turn out to have
 * ended.
 */
export interface SessionState {
  readonly status: 'unknown' | 'signed-in' | 'signed-out';
}

/** Receives each new state of the session. */
export type SessionListener = (state: SessionState) => void;

/**
 * Creates an observable value. The state object stays the same until it changes, as UI libraries
 * require of a snapshot.
 */
export function createSessionState(first: SessionState['status']) {
  let state: SessionState = { status: first };
  const listeners = new Set<SessionListener>();
  return {
    get current() {
      return state;
    },
    set(status: SessionState['status']) {
      if (status === state.status) return;
      state = { status };
      for (const listener of [...listeners]) runListener(() => listener(state));
    },
    subscribe(listener: SessionListener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Runs a listener. Reports its error as uncaught, without interrupting the caller. */
export function runListener(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
