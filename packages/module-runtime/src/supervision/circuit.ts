import type { Clock } from '../clock.js';

/**
 * Waits before a restart after the first and each further failure; later ones use the last value.
 */
const waitsMs = [0, 1_000, 2_000, 4_000, 60_000];

/** Limits restarts of a failing module: exponential backoff, then an open circuit for a minute. */
export interface Circuit {
  failed(): void;
  /** Call it when the module responds: it works again. */
  succeeded(): void;
  /** Milliseconds until the module may start; 0 if it may start now. */
  retryAfterMs(): number;
  /** True from a failure until the module responds again. */
  readonly troubled: boolean;
}

export function createCircuit(clock: Clock): Circuit {
  let failures = 0;
  let notBefore = 0;
  return {
    failed() {
      failures += 1;
      notBefore = clock.now() + (waitsMs[failures - 1] ?? waitsMs.at(-1) ?? 0);
    },
    succeeded() {
      failures = 0;
      notBefore = 0;
    },
    retryAfterMs: () => Math.max(0, notBefore - clock.now()),
    get troubled() {
      return failures > 0;
    },
  };
}
