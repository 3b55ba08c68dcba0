import { type AccessToken, type SessionTokens, toAccessToken } from './access-token.js';
import { createOtherTabs, noOtherTabs, type SessionMessage } from './other-tabs.js';
import { createSessionState, type SessionState } from './state.js';
import type { TokenStorage } from './storage.js';

export interface SessionStoreOptions {
  storage: TokenStorage;
  /** Status before the storage has been read. */
  status: SessionState['status'];
  /** Name of the session among clients that share its storage; undefined if it is not shared. */
  sharedName: string | undefined;
  /**
   * True if the browser's cookie holds the refresh token: only the server can tell if it exists.
   */
  cookie: boolean;
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/**
 * Holds the access token in memory and the refresh token in the storage. `generation` grows when
 * another session replaces this one, so that late results for the old one can be dropped.
 */
export function createSessionStore({ storage, status, sharedName, cookie }: SessionStoreOptions) {
  const state = createSessionState(status);
  const otherTabs = sharedName === undefined ? noOtherTabs : createOtherTabs(sharedName, receive);
  const waiting = new Set<() => void>();
  let access: AccessToken | undefined;
  let generation = 0;
  let loading: Promise<void> | undefined;
  let lastStored: Promise<void> = Promise.resolve();

  function turn(kind: SessionMessage['kind'], next: AccessToken | undefined) {
    if (kind !== 'renewed') generation += 1;
    access = next;
    state.set(kind === 'ended' ? 'signed-out' : 'signed-in');
  }

  function receive({ kind, access: next }: SessionMessage) {
    turn(kind, next);
    for (const wake of waiting) wake();
  }

  /** Serializes changes, so that a slow storage cannot end with an older value. */
  function store(change: () => void | Promise<void>): Promise<void> {
    lastStored = lastStored.catch(() => undefined).then(change);
    return lastStored;
  }

  async function readStatus() {
    if (cookie || state.current.status !== 'unknown') return;
    const refreshToken = await storage.read();
    if (state.current.status === 'unknown') state.set(refreshToken ? 'signed-in' : 'signed-out');
  }

  async function take(kind: 'started' | 'renewed', tokens: SessionTokens, requestedAt: number) {
    turn(kind, toAccessToken(tokens, requestedAt));
    const now = { generation, access };
    const { refreshToken } = tokens;
    if (refreshToken !== undefined)
      await store(() => (generation === now.generation ? storage.write(refreshToken) : undefined));
    if (generation === now.generation) otherTabs.announce({ kind, access: now.access });
  }

  return {
    state,
    otherTabs,
    get access() {
      return access;
    },
    get generation() {
      return generation;
    },
    /** Reads the storage at the first call. */
    load(): Promise<void> {
      loading ??= readStatus().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
    async refreshToken(): Promise<string | undefined> {
      await lastStored.catch(() => undefined);
      return (await storage.read()) || undefined;
    },
    start: (tokens: SessionTokens, requestedAt: number) => take('started', tokens, requestedAt),
    renew: (tokens: SessionTokens, requestedAt: number) => take('renewed', tokens, requestedAt),
    async drop() {
      turn('ended', undefined);
      const ended = generation;
      otherTabs.announce({ kind: 'ended' });
      await store(() => (generation === ended ? storage.clear() : undefined));
    },
    /** Resolves at the next message of another tab, or after the timeout. */
    nextMessage(timeoutMs: number): Promise<void> {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        waiting.add(wake);
      });
    },
  };
}
