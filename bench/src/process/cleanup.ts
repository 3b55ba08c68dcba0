export interface Cleanup {
  /**
   * Adds a resource; the last one added is closed first. Closes it at once if closing has begun.
   * Returns a function that removes it.
   */
  add(close: () => unknown): () => void;
  /** Closes everything once. Prints a failure and continues. */
  close(): Promise<void>;
}

/** Closes resources in reverse order, at the end or on a signal. */
export function createCleanup(): Cleanup {
  const closers: (() => unknown)[] = [];
  let closed: Promise<void> | undefined;

  async function run(close: () => unknown): Promise<void> {
    try {
      await close();
    } catch (error) {
      console.error('Closing failed:', error);
      process.exitCode = 1;
    }
  }

  async function closeAll(): Promise<void> {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await run(close);
  }

  return {
    add(close) {
      if (closed) closed = closed.then(() => run(close));
      else closers.push(close);
      return () => {
        const at = closers.indexOf(close);
        if (at !== -1) closers.splice(at, 1);
      };
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}

/** Closes everything on Ctrl-C or another end signal, then exits with the code of that signal. */
export function closeOnSignal(cleanup: Cleanup): AbortSignal {
  const interruption = new AbortController();
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
  for (const [signal, code] of Object.entries(codes)) {
    process.on(signal, async () => {
      if (interruption.signal.aborted) return;
      interruption.abort();
      console.error(`${signal}: removing the database …`);
      await cleanup.close();
      process.exit(code);
    });
  }
  return interruption.signal;
}
