import type { Logger } from 'pino';

export interface CloseStack {
  /** Adds a resource; the last one added is closed first. */
  add(close: () => unknown): void;
  /** Closes everything once. Logs a failure and continues. */
  close(): Promise<void>;
}

/** Closes resources in reverse order, at shutdown or after a failed start. */
export function createCloseStack(log: Pick<Logger, 'error'>): CloseStack {
  const closers: (() => unknown)[] = [];
  async function closeAll(): Promise<void> {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      try {
        await close();
      } catch (error) {
        log.error({ err: error }, 'closing failed');
      }
    }
  }
  let closed: Promise<void> | undefined;
  return {
    add: (close) => void closers.push(close),
    close: () => {
      closed ??= closeAll();
      return closed;
    },
  };
}
