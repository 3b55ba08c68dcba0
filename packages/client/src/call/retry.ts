import type { SynapError } from '../errors/synap-error.js';

const firstDelay = 200;
/** Longest wait; a server that asks for more gets its error shown instead. */
const longestDelay = 10_000;

/** No answer, or one that says "not now": trying again may help. */
const isPassing = ({ code }: SynapError) => code === 'network' || code === 'unavailable';

/**
 * How long to wait before trying again, in milliseconds; undefined when that would not help.
 * @param failures how many attempts have failed, this one included
 */
export function delayAfter(
  error: SynapError,
  failures: number,
  retries: number,
  random = Math.random,
): number | undefined {
  if (failures > retries || !isPassing(error)) return undefined;
  const asked = (error.retryAfter ?? 0) * 1000;
  if (asked > longestDelay) return undefined;
  const backoff = Math.min(firstDelay * 2 ** (failures - 1), longestDelay);
  // Jitter, so that clients which failed together do not come back together.
  return asked + backoff * (0.5 + random() / 2);
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
