import type { ModuleEvent } from './event.js';
import type { JsonObject, JsonValue } from './json.js';

/** The module's own key-value rows. Keys have 1–200 characters. */
export interface StoreReader {
  /** Returns null if the key is absent. Parse the value with a schema before use. */
  get(key: string): Promise<JsonValue | null>;
}

/** The module's own key-value rows, writable in a sync run. */
export interface Store extends StoreReader {
  /**
   * Stores a value of at most 1,000,000 bytes as JSON.
   * @throws ModuleError if the value is larger
   */
  set(key: string, value: JsonValue): Promise<void>;
  /** Removes a key; succeeds if it is absent. */
  delete(key: string): Promise<void>;
}

/** Writes to the server's log, under the module's id. Never log a secret. */
export interface Log {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** Services of the server for one load of a widget, independent of the module's configuration. */
export interface LoadServices {
  readonly store: StoreReader;
  readonly log: Log;
  /**
   * Aborts when the caller disconnects or the deadline passes. If the load does not stop, its
   * process is killed.
   */
  readonly signal: AbortSignal;
}

/**
 * Services of the server for one run of the sync job, independent of the module's configuration.
 */
export interface SyncServices extends LoadServices {
  readonly store: Store;
  /**
   * Sends events to the server, which drops those with a known key. Resolves when the server has accepted them.
   * @throws ModuleError if an event is invalid or larger than 256,000 bytes as JSON
   */
  emit(events: readonly ModuleEvent[]): Promise<void>;
  /** Reports progress, in units that the module chooses. */
  progress(done: number, total: number): void;
}

/** Second argument of a widget's `load`: services and the validated configuration. */
export interface LoadContext<Config> extends LoadServices {
  readonly config: Config;
}

/** Services of the server for a health check. */
export interface HealthServices {
  /** Aborts after five seconds. If the check does not stop, its process is killed. */
  readonly signal: AbortSignal;
}

/** Argument of a health check: its signal and the validated configuration. */
export interface HealthContext<Config> extends HealthServices {
  readonly config: Config;
}

/** Argument of a sync job's `run`: services and the validated configuration. */
export interface SyncContext<Config> extends SyncServices {
  readonly config: Config;
}
