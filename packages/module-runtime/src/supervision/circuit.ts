import type { Clock } from '../clock.js';

/**
 * After the first failure a module may start again at once, then after these waits; further
 * failures wait as the last.
 */
const waitsMs = [0, 1_000, 2_000, 4_000, 60_000];

/**
 * Keeps a failing module from being started again and again: exponential backoff, then an open
 * circuit of a minute.
 */
export interface Circuit {
  failed(): void;
  /** The module answered: it works again. */
  succeeded(): void;
  /** Milliseconds until the module may be started; 0 when it may be now. */
  retryAfterMs(): number;
  /** True from a failure until the module answers again. */
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
