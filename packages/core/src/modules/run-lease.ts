import type { OnProgress } from '@synap/module-runtime';
import type { RunsRepository } from './runs.repository.js';
import { type SyncFailure, takenOverError } from './sync-failure.js';

export interface RunLeaseOptions {
  runs: Pick<RunsRepository, 'renew'>;
  runId: string;
  token: string;
  /** Aborts the run for other reasons, such as a shutdown. */
  signal: AbortSignal;
  /** Milliseconds between two renewals. */
  heartbeat: number;
}

export interface RunLease {
  readonly token: string;
  /** Also aborted when the lease is lost. */
  readonly signal: AbortSignal;
  /**
   * Renews the lease.
   * @returns the reason if it is lost
   */
  check(): Promise<SyncFailure | undefined>;
  /** Records progress. Writes the first report at once, later ones with the next renewal. */
  readonly report: OnProgress;
  /** Writes the latest progress. */
  flush(): Promise<void>;
  release(): void;
}

/** Clamps to the 32-bit integer columns, because a module may report anything. */
const wholeNumber = (value: number): number =>
  Math.min(Math.max(Math.round(value), 0), 2_147_483_647);

/** Renews the lease of a run until it is released. */
export function createRunLease({
  runs,
  runId,
  token,
  signal,
  heartbeat,
}: RunLeaseOptions): RunLease {
  const ending = new AbortController();
  let lost: SyncFailure | undefined;
  let latest: { done: number; total: number } | undefined;

  const lose = () => {
    lost = takenOverError();
    ending.abort(lost);
  };
  const renew = () =>
    runs.renew(runId, token, latest).then(
      (held) => held || lose(),
      () => undefined,
    );
  const timer = setInterval(renew, heartbeat);

  return {
    token,
    signal: AbortSignal.any([signal, ending.signal]),
    async check() {
      await renew();
      return lost;
    },
    report({ done, total }) {
      const first = latest === undefined;
      latest = { done: wholeNumber(done), total: wholeNumber(total) };
      if (first) void renew();
    },
    async flush() {
      if (latest) await runs.renew(runId, token, latest);
    },
    release: () => clearInterval(timer),
  };
}
