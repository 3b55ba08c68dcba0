/** The work was not done: as many tasks as may wait are waiting, or this one waited too long. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy';
  /** @param retryAfter seconds after which trying again makes sense */
  constructor(readonly retryAfter: number) {
    super('Too many passwords are being checked at once; try again shortly');
  }
}

export interface SemaphoreOptions {
  /** Tasks that run at once. */
  concurrency: number;
  /** Tasks that may wait for their turn. */
  queue: number;
  /** Milliseconds for which a task waits at most. */
  waitMs: number;
}

export interface Semaphore {
  /**
   * Runs a task in its turn, first come, first served; rejects with `HasherBusy` when there is no
   * turn in time.
   */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Throws `HasherBusy` where a task that came now would be turned away. */
  admit(): void;
}

export function createSemaphore({ concurrency, queue, waitMs }: SemaphoreOptions): Semaphore {
  let running = 0;
  const waiting = new Set<() => void>();
  const busy = () => new HasherBusy(Math.max(1, Math.ceil(waitMs / 1000)));

  const turn = () =>
    new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(enter);
        reject(busy());
      }, waitMs);
      waiting.add(enter);
    });

  /** Hands the place to the longest waiting task, so that a newcomer cannot slip in between. */
  const leave = () => {
    const [next] = waiting;
    if (!next) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  };

  const admit = () => {
    if (running >= concurrency && waiting.size >= queue) throw busy();
  };

  return {
    admit,
    async run(task) {
      admit();
      if (running < concurrency) running++;
      else await turn();
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
