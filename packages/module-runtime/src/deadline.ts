import { ModuleCallError } from './call-error.js';

/** Ends a call: by its caller's signal, at a time, or by `expire`. */
export interface Deadline {
  /**
   * Aborts with a {@link ModuleCallError} (`aborted` or `timeout`), or with the reason passed to
   * `expire`.
   */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Ends the call at once. */
  expire(reason: unknown): void;
  /** Rejects if the deadline comes first. The work continues, and its result is ignored. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Releases the timer and listener. Must be called when the work ends, also on failure. */
  release(): void;
}

export function createDeadline(signal: AbortSignal | undefined, ms: number): Deadline {
  const controller = new AbortController();
  let ends = performance.now() + ms;
  const onAbort = () => controller.abort(new ModuleCallError('aborted', 'The call was cancelled'));
  const timer = setTimeout(
    () =>
      controller.abort(
        new ModuleCallError('timeout', `The module did not respond within ${ms / 1_000} s`, {
          retryAfter: 5,
        }),
      ),
    ms,
  );
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, ends - performance.now()),
    expire(reason) {
      ends = performance.now();
      controller.abort(reason);
    },
    race: (work) => raceWith(controller.signal, work),
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** Rejects with the signal's reason if it fires before `work` settles. */
export function raceWith<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
