import type { JsonValue, ModuleEvent } from '@synap/module-runtime';
import type { Semaphore } from '@synap/security';
import type { StageKey, StagesRepository } from './stages.repository.js';
import { SyncFailure } from './sync-failure.js';

export interface RunLimits {
  readonly events: number;
  /** Number of `set` and `delete` calls. */
  readonly writes: number;
  /** Total size of events and values as JSON. */
  readonly bytes: number;
}

/**
 * Guards against mistakes of module authors. 10,000 events of 6 KB are 60 MB; twice that takes the
 * database seconds, and 50,000 writes are five per event.
 */
export const runLimits: RunLimits = { events: 10_000, writes: 50_000, bytes: 128_000_000 };

/** Events are buffered up to this size or number, then written with one statement. */
const bytesAtOnce = 128 * 1024;
const eventsAtOnce = 500;

export interface StageDeps {
  stages: StagesRepository;
  limits: RunLimits;
  limiter: Semaphore['run'];
}

/** Staged events and writes of an attempt: stored in the database, counted here. */
export type Stage = ReturnType<typeof createStage>;

export function createStage({ stages, limits, limiter }: StageDeps, key: StageKey) {
  const { stageId, moduleId } = key;
  let events = 0;
  let writes = 0;
  let bytes = 0;
  let waiting: string[] = [];
  let waitingBytes = 0;

  /**
   * Counts against the limits.
   * @throws SyncFailure if a limit is exceeded, before anything is stored
   */
  function count(more: { events?: number; writes?: number; bytes: number }): void {
    events += more.events ?? 0;
    writes += more.writes ?? 0;
    bytes += more.bytes;
    if (events > limits.events)
      throw exceeded(`emitted more than ${grouped(limits.events)} events`);
    if (writes > limits.writes)
      throw exceeded(`wrote to its store more than ${grouped(limits.writes)} times`);
    if (bytes > limits.bytes)
      throw exceeded(`stored more than ${grouped(limits.bytes / 1_000_000)} MB`);
  }

  const exceeded = (what: string) =>
    new SyncFailure(
      `Module "${moduleId}" ${what} in one run: process less per run, save the position with \`store\`, and continue in the next run`,
      { final: true },
    );

  async function write(entry: string, value: string | null): Promise<void> {
    count({ writes: 1, bytes: entry.length + Buffer.byteLength(value ?? '') });
    if (!(await limiter(() => stages.putEntry(stageId, entry, value)))) throw stageLostError();
  }

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const position = events - waiting.length;
    const json = `[${waiting.join(',')}]`;
    [waiting, waitingBytes] = [[], 0];
    if (!(await limiter(() => stages.addEvents(stageId, position, json)))) throw stageLostError();
  }

  return {
    /** Buffers events and writes them in batches, because one statement per event would be slow. */
    async emit(more: readonly ModuleEvent[]): Promise<void> {
      const texts = more.map((event) => JSON.stringify(event));
      const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      count({ events: more.length, bytes: size });
      waiting.push(...texts);
      waitingBytes += size;
      if (waitingBytes >= bytesAtOnce || waiting.length >= eventsAtOnce) await flush();
    },
    /** Writes buffered events. */
    flush,
    get: (entry: string): Promise<JsonValue> => stages.findEntry(key, entry),
    put: (entry: string, value: JsonValue) => write(entry, JSON.stringify(value)),
    remove: (entry: string) => write(entry, null),

    /**
     * Moves everything to its final tables, with the repository of a transaction.
     * @returns the number of new events
     */
    async apply(tx: StagesRepository, newId: () => string): Promise<number> {
      const added = await tx.apply(key, events, newId);
      if (added === null) throw stageLostError();
      return added;
    },

    discard: () => stages.discard(stageId),
  };
}

/**
 * Error for a missing stage. The next attempt deletes it, too, but then the lease is lost as well.
 */
const stageLostError = () =>
  new SyncFailure('The database was restarted during the run and lost the staged data');

const grouped = (value: number): string => value.toLocaleString('en');
