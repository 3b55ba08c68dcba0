import type { Issue } from '@synap/module-sdk';

/**
 * Reason for a failed call to a module. `failed`: the module reported a failure or threw.
 * `unavailable`: its process is not running. `invalid-data`: its data does not match its own
 * schema.
 */
export type ModuleCallErrorKind =
  | 'unknown-module'
  | 'unknown-widget'
  | 'no-sync-job'
  | 'invalid-params'
  | 'invalid-data'
  | 'failed'
  | 'timeout'
  | 'unavailable'
  | 'aborted';

export interface ModuleCallErrorDetails {
  /** Validation errors of the parameters; only with `invalid-params`. */
  readonly issues?: readonly Issue[] | undefined;
  /** Seconds to wait before a retry. */
  readonly retryAfter?: number | undefined;
}

/** A failed call to a module. Its message may be shown to the caller. */
export class ModuleCallError extends Error {
  override readonly name = 'ModuleCallError';
  readonly issues: readonly Issue[];
  readonly retryAfter: number | undefined;
  constructor(
    readonly kind: ModuleCallErrorKind,
    message: string,
    { issues = [], retryAfter }: ModuleCallErrorDetails = {},
  ) {
    super(message);
    this.issues = issues;
    this.retryAfter = retryAfter;
  }
}
