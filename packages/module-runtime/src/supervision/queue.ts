import { ModuleCallError } from '../call-error.js';

export interface Queue {
  /**
   * Runs `work` in its turn. Rejects with `unavailable` if too many wait, and with `aborted` if
   * `signal` fires in the queue.
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Creates a queue that runs `concurrent` works at once and lets `waiting` more wait. */
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
        new ModuleCallError('unavailable', 'The module is overloaded: try again soon', {
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
        // The turn goes to the next in line, so `running` does not change.
        const next = turns.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
