import type { HealthServices, LoadServices, SyncServices } from './context.js';
import type { Issue } from './errors.js';
import type { JsonValue } from './json.js';
import type { WidgetAnswer } from './widget.js';

/** Outcome of a call that threw a `ModuleError`. */
export interface ForeseenFailure {
  readonly kind: 'failed';
  readonly message: string;
  /** Seconds to wait before a retry. */
  readonly retryAfter?: number | undefined;
}

/** Outcome of loading a widget. */
export type LoadOutcome =
  | WidgetAnswer<JsonValue>
  | ForeseenFailure
  | { readonly kind: 'unknown-widget' };
/** Outcome of a run of the sync job. */
export type SyncOutcome =
  | ForeseenFailure
  | { readonly kind: 'done' }
  | { readonly kind: 'no-sync-job' };

/** Outcome of a health check: one line for each problem. */
export interface HealthOutcome {
  readonly kind: 'checked';
  readonly problems: readonly string[];
}

/**
 * A module bound to its configuration. Expected failures are outcomes; other exceptions of the
 * module propagate.
 */
export interface OpenedModule {
  load(widgetId: string, params: unknown, services: LoadServices): Promise<LoadOutcome>;
  sync(services: SyncServices): Promise<SyncOutcome>;
  /** Absent in modules that bundle an earlier version of this package. */
  check?(services: HealthServices): Promise<HealthOutcome>;
}

/** Result of `open`: the module, or the validation errors of its configuration. */
export type OpenResult =
  | { readonly kind: 'opened'; readonly module: OpenedModule }
  | { readonly kind: 'invalid-config'; readonly issues: readonly Issue[] };
