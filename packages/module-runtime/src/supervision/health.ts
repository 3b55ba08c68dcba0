import type { Clock } from '../clock.js';

/** Milliseconds for which the result of a check is reused. */
const freshMs = 10_000;

/** Problems that a module reports while it works. */
export interface Health {
  /** Returns the last known problems. If they are old, starts another check for later callers. */
  problems(): readonly string[];
  /** Runs a check; never rejects. */
  check(): Promise<void>;
}

/** @param run resolves to the problems; undefined if they cannot be determined now */
export function createHealth(
  clock: Clock,
  run: () => Promise<readonly string[] | undefined>,
): Health {
  let problems: readonly string[] = [];
  let checkedAt = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;

  async function runOnce(): Promise<void> {
    problems = (await run().catch(() => undefined)) ?? problems;
    checkedAt = clock.now();
    checking = undefined;
  }
  const check = () => {
    checking ??= runOnce();
    return checking;
  };
  return {
    check,
    problems() {
      if (clock.now() - checkedAt >= freshMs) void check();
      return problems;
    },
  };
}
