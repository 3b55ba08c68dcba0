import type { SynapError } from '../errors/synap-error.js';

const firstDelay = 200;
/** Longest wait in milliseconds. If the server asks for more, the call fails with its error. */
const longestDelay = 10_000;

/** True for a transient failure: no response, or "unavailable". */
const isTransient = ({ code }: SynapError) => code === 'network' || code === 'unavailable';

/**
 * Computes the delay before the next attempt, in milliseconds. Undefined if a retry cannot help.
 * @param failures number of failed attempts, including this one
 */
export function delayAfter(
  error: SynapError,
  failures: number,
  retries: number,
  random = Math.random,
): number | undefined {
  if (failures > retries || !isTransient(error)) return undefined;
  const requestedMs = (error.retryAfter ?? 0) * 1000;
  if (requestedMs > longestDelay) return undefined;
  const backoff = Math.min(firstDelay * 2 ** (failures - 1), longestDelay);
  // Jitter, so that clients that failed together do not retry together.
  return requestedMs + backoff * (0.5 + random() / 2);
}

/** Waits. Rejects with the signal's reason on abort. */
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
