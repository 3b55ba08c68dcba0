import { TRPCClientError } from '@trpc/client';
import type { TRPCErrorResponse } from '@trpc/server/rpc';
import type { AppRouter, ErrorShape, InputFault, Problem } from '../types.js';
import type { SynapErrorCode } from './codes.js';

/** Optional properties of a new `SynapError`. */
export interface SynapErrorDetails {
  /** HTTP status; absent without a response. */
  status?: number;
  /** Id of the request in the server's log. */
  requestId?: string;
  /** Seconds to wait before a retry. */
  retryAfter?: number;
  /** The problem details sent by the server. */
  problem?: Problem;
  /** The error in tRPC's format. */
  shape?: ErrorShape;
  cause?: unknown;
}

/** Error of every failed call. Show its `message` to people; let programs decide on its `code`. */
export class SynapError<
  Code extends SynapErrorCode = SynapErrorCode,
> extends TRPCClientError<AppRouter> {
  readonly code: Code;
  /** HTTP status; absent without a response. */
  readonly status: number | undefined;
  /** Id of the request in the server's log. */
  readonly requestId: string | undefined;
  /** Validation errors of the input; empty for other failures. */
  readonly errors: readonly InputFault[];
  /** Seconds to wait before a retry (`Retry-After`, RFC 9110 §10.2.3). */
  readonly retryAfter: number | undefined;
  /** The problem details sent by the server (RFC 9457). */
  readonly problem: Problem | undefined;

  constructor(code: Code, message: string, details: SynapErrorDetails = {}) {
    const { shape, cause } = details;
    const result: TRPCErrorResponse<ErrorShape> | undefined = shape && { error: shape };
    super(message, { result, cause: asError(cause) });
    // The constructor of tRPC's error sets its own prototype.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = 'SynapError';
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId ?? details.problem?.requestId;
    this.errors = details.problem?.errors ?? [];
    this.retryAfter = details.retryAfter;
    this.problem = details.problem;
  }
}

function asError(cause: unknown): Error | undefined {
  if (cause === undefined || cause instanceof Error) return cause;
  return new Error(String(cause));
}

/**
 * True if `error` is a `SynapError`, and has one of `codes` if any are given. Narrows `code`.
 *
 * @example
 * ```ts
 * if (isSynapError(error, 'stale_version')) return reload();
 * ```
 */
export function isSynapError<Code extends SynapErrorCode = SynapErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is SynapError<Code> {
  if (!(error instanceof SynapError)) return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}
