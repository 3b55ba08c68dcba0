import { isUnavailable, waitExceeded } from './faults.js';

/** Keys of one statement. More would delay the first of them for the last. */
export const maxBatchKeys = 200;

/**
 * Statements in flight for one kind of read. The second serves reads while the first is slow; more
 * would only make batches smaller and take connections from others.
 */
const maxInFlight = 2;

export interface BatchedReadOptions<K, R> {
  /** Runs one statement. Element `i` of the result has the rows of key `i`. */
  run: (keys: readonly K[]) => Promise<readonly (readonly R[])[]>;
  /**
   * Longest wait for a slot, in milliseconds; 0 is unlimited.
   * @default 0
   */
  maxWaitMilliseconds?: number | undefined;
  /** Called for each statement with the number of reads that it answers. */
  onStatement?: ((reads: number) => void) | undefined;
}

interface Entry<K, R> {
  key: K;
  /** Time of the first of its reads. */
  since: number;
  /** Number of callers that share the entry. */
  reads: number;
  rows: Promise<readonly R[]>;
  resolve: (rows: readonly R[]) => void;
  reject: (error: unknown) => void;
}

function createEntry<K, R>(key: K): Entry<K, R> {
  let resolve: Entry<K, R>['resolve'] = () => {};
  let reject: Entry<K, R>['reject'] = () => {};
  const rows = new Promise<readonly R[]>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { key, since: performance.now(), reads: 0, rows, resolve, reject };
}

/**
 * Creates a read that shares statements: reads that wait together are sent as one, equal keys once.
 *
 * - Consistency: a statement starts after each of its reads was requested. A read never joins a
 *   statement that was sent before, not even one with its key.
 * - Latency: a read that finds a free slot is sent at the end of this turn of the event loop, with
 *   all others of the turn. Later ones wait until a statement returns.
 * - Limits: 200 keys in a statement, two statements in flight. A hanging statement occupies one of
 *   them until the pool's time-out. Reads that wait longer than `maxWaitMilliseconds` are rejected
 *   as those that get no connection.
 * - Errors: an outage rejects all reads of its statement. Any other error may come from a single
 *   key: the statement is repeated in halves, so that only the read of that key fails.
 * - A read cannot be cancelled: the result for an aborted caller is dropped.
 * - Reads that wait while the pool closes are rejected, because the pool runs no further statement.
 *
 * Callers with equal keys share the rows, which must not be modified.
 */
export function createBatchedRead<K, R>({
  run,
  maxWaitMilliseconds = 0,
  onStatement,
}: BatchedReadOptions<K, R>): (key: K) => Promise<readonly R[]> {
  /** Reads that are not yet sent, by the text of their key. */
  const waiting = new Map<string, Entry<K, R>>();
  let inFlight = 0;
  let isScheduled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Waits for the end of the turn, because one turn often receives several requests. */
  function schedule(): void {
    if (isScheduled || waiting.size === 0) return;
    if (inFlight >= maxInFlight) return limitWait();
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      while (waiting.size > 0 && inFlight < maxInFlight) void send(takeBatch(waiting));
    });
  }

  /** Sets one timer, for the oldest read, and only while both slots are occupied. */
  function limitWait(): void {
    const [oldest] = waiting.values();
    if (maxWaitMilliseconds === 0 || timer !== undefined || oldest === undefined) return;
    const rest = oldest.since + maxWaitMilliseconds - performance.now();
    timer = setTimeout(rejectExpired, Math.max(rest, 1)).unref();
  }

  function rejectExpired(): void {
    timer = undefined;
    const limit = performance.now() - maxWaitMilliseconds;
    for (const [text, { since, reject }] of waiting) {
      if (since > limit) break;
      waiting.delete(text);
      reject(new Error(waitExceeded));
    }
    limitWait();
  }

  async function send(batch: readonly Entry<K, R>[]): Promise<void> {
    inFlight += 1;
    await settle(batch);
    inFlight -= 1;
    schedule();
  }

  /** Resolves or rejects every entry; never rejects itself. */
  async function settle(batch: readonly Entry<K, R>[]): Promise<void> {
    try {
      onStatement?.(batch.reduce((sum, { reads }) => sum + reads, 0));
      const rows = await run(batch.map(({ key }) => key));
      for (const [index, { resolve }] of batch.entries()) resolve(rows[index] ?? []);
    } catch (error) {
      if (batch.length === 1 || isUnavailable(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await settle(batch.slice(0, middle));
      await settle(batch.slice(middle));
    }
  }

  return (key) => {
    const text = JSON.stringify(key);
    const entry = waiting.get(text) ?? createEntry<K, R>(key);
    waiting.set(text, entry);
    entry.reads += 1;
    schedule();
    return entry.rows;
  };
}

/** Removes the oldest entries, as many as one statement may have. */
function takeBatch<E>(waiting: Map<string, E>): E[] {
  const taken: [string, E][] = [];
  for (const each of waiting) {
    if (taken.length === maxBatchKeys) break;
    taken.push(each);
  }
  for (const [text] of taken) waiting.delete(text);
  return taken.map(([, entry]) => entry);
}
