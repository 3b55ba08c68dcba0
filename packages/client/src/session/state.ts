/**
 * `unknown` until the storage has been asked; what is signed in may still turn out to have ended.
 */
export interface SessionState {
  readonly status: 'unknown' | 'signed-in' | 'signed-out';
}

export type SessionListener = (state: SessionState) => void;

/**
 * A value that tells when it changes. The state object stays the same one until then, as UI
 * libraries expect of a snapshot.
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

/** Runs foreign code: its fault is reported as uncaught, and does not stop what is being done. */
export function runListener(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
