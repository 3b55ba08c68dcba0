import type { AccessToken } from './access-token.js';
import { findLocks } from './locks.js';

/**
 * What clients that share a session tell each other: another one began, it got a new access token,
 * it ended.
 */
export interface SessionMessage {
  kind: 'started' | 'renewed' | 'ended';
  access?: AccessToken;
}

/** The other clients – tabs, workers – of the same session. */
export interface Siblings {
  /** Runs alone among them. `waited` tells that another one was at it and has just finished. */
  exclusively<T>(run: (waited: boolean) => Promise<T>): Promise<T>;
  announce(news: SessionMessage): void;
  close(): void;
}

/** For a storage that nobody else reads. */
export const noOtherTabs: Siblings = {
  exclusively: (run) => run(false),
  announce: () => undefined,
  close: () => undefined,
};

/** Clients of one origin (of one process, in Node) that use the same name. */
export function createOtherTabs(name: string, hear: (news: SessionMessage) => void): Siblings {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name);
  if (channel) {
    channel.onmessage = (event: { data?: unknown }) => {
      if (isNews(event.data)) hear(event.data);
    };
    // In Node an open channel would keep the process alive.
    if ('unref' in channel && typeof channel.unref === 'function') channel.unref();
  }
  return {
    async exclusively(run) {
      const locks = findLocks();
      const first = await locks.request(
        name,
        { ifAvailable: true },
        async (lock) => lock && { value: await run(false) },
      );
      return first ? first.value : locks.request(name, {}, () => run(true));
    },
    announce: (news) => channel?.postMessage(news),
    close: () => channel?.close(),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isAccessToken = (value: unknown): value is AccessToken =>
  isRecord(value) &&
  typeof value.value === 'string' &&
  typeof value.renewAt === 'number' &&
  typeof value.expiresAt === 'number';

function isNews(data: unknown): data is SessionMessage {
  if (!isRecord(data) || (data.access !== undefined && !isAccessToken(data.access))) return false;
  return data.kind === 'started' || data.kind === 'renewed' || data.kind === 'ended';
}
