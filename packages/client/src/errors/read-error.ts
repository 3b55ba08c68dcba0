import { TRPCClientError } from '@trpc/client';
import { isRecord } from '../is-record.js';
import type { AppRouter, Problem } from '../types.js';
import { codeOfProblem, codeOfStatus } from './codes.js';
import { SynapError, type SynapErrorDetails } from './synap-error.js';

/** The parts of a response that errors are read from. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** Converts any value that a link threw into a `SynapError`. */
export function toSynapError(thrown: unknown): SynapError {
  if (thrown instanceof SynapError) return thrown;
  if (!(thrown instanceof TRPCClientError)) return unexpected(thrown);
  if (thrown.cause instanceof SynapError) return thrown.cause;

  const error: TRPCClientError<AppRouter> = thrown;
  const response = isResponseHead(error.meta?.response) ? error.meta.response : undefined;
  const details = response ? headDetails(response) : {};
  // Errors of a procedure are in tRPC's envelope. Earlier layers of the server send a bare problem
  // object.
  const problem = [error.data?.problem, error.meta?.responseJSON].find(isProblem);
  if (problem) return problemError(problem, { ...details, shape: error.shape ?? undefined });
  if (response) return foreignResponseError(response, thrown);
  return unexpected(error.cause ?? error);
}

function problemError(problem: Problem, details: SynapErrorDetails): SynapError {
  return new SynapError(codeOfProblem(problem), problem.detail, {
    ...details,
    status: problem.status,
    problem,
  });
}

/**
 * Creates the error of a response that Synap did not write: of a proxy, or of another service at
 * this address.
 */
export function foreignResponseError(response: ResponseHead, cause?: unknown): SynapError {
  const details = { ...headDetails(response), cause };
  const { status } = response;
  if (status >= 400)
    return new SynapError(
      codeOfStatus(status),
      `The server responded with status ${status}.`,
      details,
    );
  const advice = 'Check that `url` is the origin of a Synap server.';
  return new SynapError(
    'invalid_response',
    `The response does not come from Synap's RPC endpoint. ${advice}`,
    details,
  );
}

/** Creates the error of an aborted call. */
export const abortedBy = (signal: AbortSignal) =>
  new SynapError('aborted', 'The call was aborted.', { cause: signal.reason });

function unexpected(cause: unknown): SynapError {
  return new SynapError('unexpected', cause instanceof Error ? cause.message : String(cause), {
    cause,
  });
}

function headDetails({ status, headers }: ResponseHead): SynapErrorDetails {
  return {
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfter: readRetryAfter(headers.get('retry-after')),
  };
}

/** Parses a `Retry-After` header, in seconds or as a date (RFC 9110 §10.2.3). Returns seconds. */
export function readRetryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

function isProblem(value: unknown): value is Problem {
  return (
    isRecord(value) &&
    typeof value.status === 'number' &&
    typeof value.code === 'string' &&
    typeof value.detail === 'string'
  );
}

function isResponseHead(value: unknown): value is ResponseHead {
  return isRecord(value) && typeof value.status === 'number' && isRecord(value.headers);
}
