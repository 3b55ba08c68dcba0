import type { ModuleEvent } from './event.js';
import type { JsonObject, JsonValue } from './json.js';

/** The module's own key-value rows. Keys are 1–200 characters. */
export interface StoreReader {
  /** Null where nothing was stored; parse the value with a schema before use. */
  get(key: string): Promise<JsonValue | null>;
}

export interface Store extends StoreReader {
  /** Values are at most 1,000,000 bytes as JSON. */
  set(key: string, value: JsonValue): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Lines in the server's log, under the module's id. Never log a secret. */
export interface Log {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** What the server gives for one load of a widget, whatever the module's configuration is. */
export interface LoadServices {
  readonly store: StoreReader;
  readonly log: Log;
  /**
   * Aborted when nobody waits any more or the deadline passed: a load that goes on is ended with
   * its process.
   */
  readonly signal: AbortSignal;
}

/** What the server gives for one run of the sync job, whatever the module's configuration is. */
export interface SyncServices extends LoadServices {
  readonly store: Store;
  /**
   * Hands events over; those whose key is known already are dropped. Resolves when the server has
   * taken them.
   */
  emit(events: readonly ModuleEvent[]): Promise<void>;
  /** Tells how far the run is, in steps of the module's choosing. */
  progress(done: number, total: number): void;
}

export interface LoadContext<Config> extends LoadServices {
  readonly config: Config;
}

/** Services of the server for a health check. */
export interface HealthServices {
  /** Aborted after five seconds: a check that goes on is ended with its process. */
  readonly signal: AbortSignal;
}

export interface HealthContext<Config> extends HealthServices {
  readonly config: Config;
}

export interface SyncContext<Config> extends SyncServices {
  readonly config: Config;
}
