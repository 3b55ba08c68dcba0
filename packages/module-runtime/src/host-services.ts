import type { JsonValue, ModuleEvent } from '@synap/module-sdk';

/** Identifies the module that uses the services; `runId` is set during a sync run. */
export interface ModuleScope {
  readonly moduleId: string;
  readonly runId?: string | undefined;
}

/**
 * Services of the server for modules. Only sync runs write. The calls of a module run one after the
 * other, so slow calls slow only that module. An error ends the run; the module does not see its
 * message.
 */
export interface ModuleHostServices {
  readonly store: {
    get(scope: ModuleScope, key: string): Promise<JsonValue | null>;
    set(scope: ModuleScope, key: string, value: JsonValue): Promise<void>;
    delete(scope: ModuleScope, key: string): Promise<void>;
  };
}

/**
 * Receives a run's events, in order and at most 500 per call. The module's next message is read
 * after it resolves. Keys may repeat.
 */
export type OnEvents = (events: readonly ModuleEvent[]) => Promise<void>;

export type OnProgress = (progress: { readonly done: number; readonly total: number }) => void;

/** Log for lines about modules; a pino logger fits. */
export interface RuntimeLog {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
