/** The task was not run: the queue is full, or the task waited too long. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy';
  /** @param retryAfter seconds until a retry makes sense */
  constructor(readonly retryAfter: number) {
    super('Too many passwords are being checked at once; try again shortly');
  }
}

export interface SemaphoreOptions {
  /** Maximum number of running tasks. */
  concurrency: number;
  /**
   * Maximum number of waiting tasks.
   * @default Infinity
   */
  queue?: number;
  /**
   * Maximum wait of a task in milliseconds.
   * @default Infinity
   */
  waitMs?: number;
}

export interface Semaphore {
  /** Runs a task in order of arrival. Rejects with `HasherBusy` if no slot becomes free in time. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Throws `HasherBusy` if a new task would be rejected. */
  admit(): void;
}

/** Limits the number of tasks that run at once. Without `queue` and `waitMs` it rejects none. */
export function createSemaphore({
  concurrency,
  queue = Number.POSITIVE_INFINITY,
  waitMs = Number.POSITIVE_INFINITY,
}: SemaphoreOptions): Semaphore {
  let running = 0;
  const waiting = new Set<() => void>();
  const busyError = () => new HasherBusy(Math.max(1, Math.ceil(waitMs / 1000)));

  const waitForSlot = () =>
    new Promise<void>((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(start);
        reject(busyError());
      };
      const timer = Number.isFinite(waitMs) ? setTimeout(giveUp, waitMs) : undefined;
      waiting.add(start);
    });

  /** Passes the slot to the longest-waiting task, so that a new task cannot overtake it. */
  const release = () => {
    const [next] = waiting;
    if (!next) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  };

  const admit = () => {
    if (running >= concurrency && waiting.size >= queue) throw busyError();
  };

  return {
    admit,
    async run(task) {
      admit();
      if (running < concurrency) running++;
      else await waitForSlot();
      try {
        return await task();
      } finally {
        release();
      }
    },
  };
}
