import type { JsonValue, ModuleEvent } from '@synap/module-runtime';
import type { Limiter } from './limiter.js';
import type { StageKey, StagesRepository } from './stages.repository.js';
import { SyncFailure } from './sync-failure.js';

export interface RunLimits {
  readonly events: number;
  /** Calls of `set` and `delete`. */
  readonly writes: number;
  /** Events and values as JSON, together. */
  readonly bytes: number;
}

/**
 * More than this in one run is an author's mistake. 10,000 events of 6 KB are 60 MB; with twice
 * that a run stays a matter of seconds for the database, and 50,000 writes are five for each event.
 */
export const runLimits: RunLimits = { events: 10_000, writes: 50_000, bytes: 128_000_000 };

/**
 * Events wait here for one statement together, until they are so many bytes as JSON, or so many.
 */
const bytesAtOnce = 128 * 1024;
const eventsAtOnce = 500;

export interface StageDeps {
  stages: StagesRepository;
  limits: RunLimits;
  limiter: Limiter;
}

/** The events and writes of an attempt of a run so far: held by the database, counted here. */
export type Stage = ReturnType<typeof createStage>;

export function createStage({ stages, limits, limiter }: StageDeps, key: StageKey) {
  const { stageId, moduleId } = key;
  let events = 0;
  let writes = 0;
  let bytes = 0;
  let waiting: string[] = [];
  let waitingBytes = 0;

  /** @throws SyncFailure before anything is stored that is beyond a limit */
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
      `Module "${moduleId}" ${what} in one run; let it bring less, keep the place it got to with \`store\`, and go on in its next run`,
      { final: true },
    );

  async function write(entry: string, value: string | null): Promise<void> {
    count({ writes: 1, bytes: entry.length + Buffer.byteLength(value ?? '') });
    if (!(await limiter(() => stages.putEntry(stageId, entry, value)))) throw lost();
  }

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const position = events - waiting.length;
    const json = `[${waiting.join(',')}]`;
    [waiting, waitingBytes] = [[], 0];
    if (!(await limiter(() => stages.addEvents(stageId, position, json)))) throw lost();
  }

  return {
    /**
     * Resolves once the events are staged, or few enough to wait for more: a statement for each
     * would be slow.
     */
    async emit(more: readonly ModuleEvent[]): Promise<void> {
      const texts = more.map((event) => JSON.stringify(event));
      const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      count({ events: more.length, bytes: size });
      waiting.push(...texts);
      waitingBytes += size;
      if (waitingBytes >= bytesAtOnce || waiting.length >= eventsAtOnce) await flush();
    },
    /** Stages what still waits. */
    flush,
    get: (entry: string): Promise<JsonValue> => stages.findEntry(key, entry),
    put: (entry: string, value: JsonValue) => write(entry, JSON.stringify(value)),
    remove: (entry: string) => write(entry, null),

    /**
     * Moves everything to where it counts, with the repository of a transaction. @returns the
     * number of new events
     */
    async apply(tx: StagesRepository, newId: () => string): Promise<number> {
      const added = await tx.apply(key, events, newId);
      if (added === null) throw lost();
      return added;
    },

    discard: () => stages.discard(stageId),
  };
}

/** The next attempt of a run deletes the stage as well; then the lease is lost, too. */
const lost = () =>
  new SyncFailure('The database was restarted during the run and lost what was staged');

const grouped = (value: number): string => value.toLocaleString('en');
