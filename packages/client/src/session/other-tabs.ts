import { isRecord } from '../is-record.js';
import type { AccessToken } from './access-token.js';
import { findLocks } from './locks.js';

/** Message between clients of one session: it was replaced, got a new access token, or ended. */
export interface SessionMessage {
  kind: 'started' | 'renewed' | 'ended';
  access?: AccessToken;
}

/** The other clients (tabs, workers) of the same session. */
export interface OtherTabs {
  /**
   * Runs `run` under an exclusive lock. `waited` is true if another client has just released it.
   */
  exclusively<T>(run: (waited: boolean) => Promise<T>): Promise<T>;
  announce(message: SessionMessage): void;
  close(): void;
}

/** For a storage that is not shared. */
export const noOtherTabs: OtherTabs = {
  exclusively: (run) => run(false),
  announce: () => undefined,
  close: () => undefined,
};

/** Connects clients of one origin (in Node.js: one process) that use the same name. */
export function createOtherTabs(
  name: string,
  onMessage: (message: SessionMessage) => void,
): OtherTabs {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name);
  if (channel) {
    channel.onmessage = (event: { data?: unknown }) => {
      if (isSessionMessage(event.data)) onMessage(event.data);
    };
    // An open channel would keep a Node.js process alive.
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
    announce: (message) => channel?.postMessage(message),
    close: () => channel?.close(),
  };
}

const isAccessToken = (value: unknown): value is AccessToken =>
  isRecord(value) &&
  typeof value.value === 'string' &&
  typeof value.renewAt === 'number' &&
  typeof value.expiresAt === 'number';

function isSessionMessage(data: unknown): data is SessionMessage {
  if (!isRecord(data) || (data.access !== undefined && !isAccessToken(data.access))) return false;
  return data.kind === 'started' || data.kind === 'renewed' || data.kind === 'ended';
}
