import type { Issue } from '@synap/module-sdk';

/**
 * Why a call to a module gave no data. `failed`: the module said so or threw; `unavailable`: its
 * process cannot be had now; `invalid-data`: it answered what its own schema refuses.
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
  /** What is wrong with the parameters; with `invalid-params` only. */
  readonly issues?: readonly Issue[] | undefined;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number | undefined;
}

/** A call to a module that gave nothing; its message may be shown to whoever asked. */
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
