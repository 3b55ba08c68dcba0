import type { Logger } from 'pino';

export interface CloseStack {
  /** What is opened later is closed earlier. */
  add(close: () => unknown): void;
  /** Closes everything once; one that fails is logged and keeps none of the others. */
  close(): Promise<void>;
}

/** Closes what was opened, in reverse order: at the end, and when a start fails half-way. */
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
