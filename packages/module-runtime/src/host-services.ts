import type { JsonValue, ModuleEvent } from '@synap/module-sdk';

/**
 * On whose behalf the server's services are used; `runId` is there during a run of the sync job.
 */
export interface ModuleScope {
  readonly moduleId: string;
  readonly runId?: string | undefined;
}

/**
 * Services of the server for modules. Writes come only from sync runs. A call of one module is made
 * when the one before has settled: the time that it takes slows the module down. An error ends the
 * run; the module never sees its message.
 */
export interface ModuleHostServices {
  readonly store: {
    get(scope: ModuleScope, key: string): Promise<JsonValue | null>;
    set(scope: ModuleScope, key: string, value: JsonValue): Promise<void>;
    delete(scope: ModuleScope, key: string): Promise<void>;
  };
}

/**
 * Receives a run's events, in order and at most 500 at once; nothing more of the module is read
 * until it resolves. Keys may repeat.
 */
export type OnEvents = (events: readonly ModuleEvent[]) => Promise<void>;

export type OnProgress = (progress: { readonly done: number; readonly total: number }) => void;

/** Where lines about modules go; a pino logger fits. */
export interface RuntimeLog {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
