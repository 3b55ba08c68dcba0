import { ModuleCallError } from '../call-error.js';

export interface Queue {
  /**
   * Runs `work` when its turn comes. Rejects with `unavailable` when too many wait, with `aborted`
   * when `signal` fires in the queue.
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Lets `concurrent` works run at once, and `waiting` more wait. */
export function createQueue(concurrent: number, waiting: number): Queue {
  const turns: (() => void)[] = [];
  let running = 0;

  function turn(signal: AbortSignal): Promise<void> {
    if (running < concurrent) {
      running += 1;
      return Promise.resolve();
    }
    if (turns.length >= waiting) {
      return Promise.reject(
        new ModuleCallError('unavailable', 'The module has too much to do, try again soon', {
          retryAfter: 1,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      const onTurn = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        turns.splice(turns.indexOf(onTurn), 1);
        reject(signal.reason);
      };
      turns.push(onTurn);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    async run(signal, work) {
      signal.throwIfAborted();
      await turn(signal);
      try {
        return await work();
      } finally {
        // The turn passes on as it is: `running` stays the same when somebody waits.
        const next = turns.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
