import { TRPCClientError } from '@trpc/client';
import type { TRPCErrorResponse } from '@trpc/server/rpc';
import type { AppRouter, ErrorShape, InputFault, Problem } from '../types.js';
import type { SynapErrorCode } from './codes.js';

export interface SynapErrorDetails {
  /** HTTP status; absent where no answer came. */
  status?: number;
  requestId?: string;
  /** Seconds. */
  retryAfter?: number;
  problem?: Problem;
  /** The error as it came over tRPC's wire. */
  shape?: ErrorShape;
  cause?: unknown;
}

/**
 * What every failed call rejects with. Its message is meant to be read; its `code` is what programs
 * decide on.
 */
export class SynapError<
  Code extends SynapErrorCode = SynapErrorCode,
> extends TRPCClientError<AppRouter> {
  readonly code: Code;
  /** HTTP status; absent where no answer came. */
  readonly status: number | undefined;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** What exactly is wrong with the input. */
  readonly errors: readonly InputFault[];
  /** Seconds after which trying again makes sense (`Retry-After`, RFC 9110 §10.2.3). */
  readonly retryAfter: number | undefined;
  /** The problem details as the server sent them (RFC 9457). */
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
 * Is it an error of this client, and – where codes are given – one of these? `isSynapError(error,
 * 'not_found')` narrows its `code`.
 */
export function isSynapError<Code extends SynapErrorCode = SynapErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is SynapError<Code> {
  if (!(error instanceof SynapError)) return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}
