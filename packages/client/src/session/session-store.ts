import { type AccessToken, type SessionTokens, toAccessToken } from './access-token.js';
import { createOtherTabs, noOtherTabs, type SessionMessage } from './other-tabs.js';
import { createSessionState, type SessionState } from './state.js';
import type { TokenStorage } from './storage.js';

export interface SessionStoreOptions {
  storage: TokenStorage;
  /** Status before the storage has been asked. */
  status: SessionState['status'];
  /** Names the session among clients that share its storage; undefined where none does. */
  sharedName: string | undefined;
  /**
   * The browser's cookie holds the refresh token: only the server can tell whether there is one.
   */
  cookie: boolean;
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/**
 * What this client holds of a session: the access token in memory, the refresh token in the
 * storage. `era` grows whenever another session takes its place, so that what was begun for the old
 * one can be recognised and dropped.
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

  /** One after the other, so that a slow storage cannot end up with what was written first. */
  function store(change: () => void | Promise<void>): Promise<void> {
    lastStored = lastStored.catch(() => undefined).then(change);
    return lastStored;
  }

  async function readStatus() {
    if (cookie || state.current.status !== 'unknown') return;
    const refreshToken = await storage.read();
    if (state.current.status === 'unknown') state.set(refreshToken ? 'signed-in' : 'signed-out');
  }

  async function take(kind: 'started' | 'renewed', tokens: SessionTokens, askedAt: number) {
    turn(kind, toAccessToken(tokens, askedAt));
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
    /** Asks the storage, the first time. */
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
    start: (tokens: SessionTokens, askedAt: number) => take('started', tokens, askedAt),
    renew: (tokens: SessionTokens, askedAt: number) => take('renewed', tokens, askedAt),
    async drop() {
      turn('ended', undefined);
      const ended = generation;
      otherTabs.announce({ kind: 'ended' });
      await store(() => (generation === ended ? storage.clear() : undefined));
    },
    /** Resolves at the next news of a sibling, or after so many milliseconds. */
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
