import type { HealthServices, LoadServices, SyncServices } from './context.js';
import type { Issue } from './errors.js';
import type { JsonValue } from './json.js';
import type { WidgetAnswer } from './widget.js';

export interface ForeseenFailure {
  readonly kind: 'failed';
  readonly message: string;
  /** Seconds to wait before a retry. */
  readonly retryAfter?: number | undefined;
}

export type LoadOutcome =
  | WidgetAnswer<JsonValue>
  | ForeseenFailure
  | { readonly kind: 'unknown-widget' };
export type SyncOutcome =
  | ForeseenFailure
  | { readonly kind: 'done' }
  | { readonly kind: 'no-sync-job' };

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

export type OpenResult =
  | { readonly kind: 'opened'; readonly module: OpenedModule }
  | { readonly kind: 'invalid-config'; readonly issues: readonly Issue[] };
