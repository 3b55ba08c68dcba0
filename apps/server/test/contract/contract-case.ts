import type { Arbitrary } from 'fast-check';
import type { ApiCall } from './clients.js';
import type { ErrorCase } from './error-cases.js';
import type { Caller, Fixture } from './fixture.js';

/** Expected behaviour of one procedure. */
export interface ContractCase {
  /**
   * REST status of the valid call for each caller. Its objects belong to `user`.
   */
  readonly callers: Readonly<Record<Caller, number>>;
  /**
   * REST status for a key of `user` that is bound to another dashboard. Required if bound keys may
   * have the scope.
   */
  readonly otherDashboardStatus?: number;
  /**
   * Creates a new valid call. The caller's token is added if it sets none.
   * @default no input
   */
  readonly validCall?: (fixture: Fixture, caller: Caller) => ApiCall | Promise<ApiCall>;
  /**
   * Inputs for the test with generated inputs. Required if a schema has rules that its JSON Schema
   * does not state.
   * @default generated from the JSON Schema of the input
   */
  readonly inputs?: Arbitrary<unknown>;
  /** True if each call has an effect. */
  readonly changes: boolean;
  /** Reverts a call, so that the same input is valid again. */
  readonly undo?: (fixture: Fixture, input: unknown) => Promise<unknown>;
  /** Pointers to response fields that may differ between two calls. */
  readonly volatileFields?: readonly string[];
  /**
   * How to cause each documented error, or why this test cannot. State every cause of a status,
   * because the document lists only statuses: combine several with `each`. Errors with the same
   * cause in all procedures – 401 without a token, 408, 412, 413, 415, 429, 500, 503 – have a shared
   * case.
   * @example
   * ```ts
   * errors: { 409: each(byInput({ name: 'taken' }), byKeyInUse('notes')) }
   * ```
   */
  readonly errors: Readonly<Record<number, ErrorCase | string>>;
}
