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
  /** Maximum number of waiting tasks. */
  queue: number;
  /** Maximum wait of a task in milliseconds. */
  waitMs: number;
}

export interface Semaphore {
  /** Runs a task in order of arrival. Rejects with `HasherBusy` if no slot becomes free in time. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Throws `HasherBusy` if a new task would be rejected. */
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

  /** Passes the slot to the longest-waiting task, so that a new task cannot overtake it. */
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
