import { TRPCClientError } from '@trpc/client';
import type { AppRouter, Problem } from '../types.js';
import { codeOfProblem, codeOfStatus } from './codes.js';
import { SynapError, type SynapErrorDetails } from './synap-error.js';

/** The parts of an answer that errors are read from. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** Turns whatever a link threw into the client's own error. */
export function toSynapError(thrown: unknown): SynapError {
  if (thrown instanceof SynapError) return thrown;
  if (!(thrown instanceof TRPCClientError)) return unexpected(thrown);
  if (thrown.cause instanceof SynapError) return thrown.cause;

  const error: TRPCClientError<AppRouter> = thrown;
  const answer = isAnswerHead(error.meta?.response) ? error.meta.response : undefined;
  const details = answer ? headDetails(answer) : {};
  // Errors of a procedure come in tRPC's envelope; what the server refuses before that is a bare
  // problem object.
  const problem = [error.data?.problem, error.meta?.responseJSON].find(isProblem);
  if (problem) return ofProblem(problem, { ...details, shape: error.shape ?? undefined });
  if (answer) return ofForeignAnswer(answer, thrown);
  return unexpected(error.cause ?? error);
}

function ofProblem(problem: Problem, details: SynapErrorDetails): SynapError {
  return new SynapError(codeOfProblem(problem), problem.detail, {
    ...details,
    status: problem.status,
    problem,
  });
}

/**
 * An answer that is not written by Synap: of a proxy in between, or of another service under this
 * address.
 */
export function ofForeignAnswer(answer: AnswerHead, cause?: unknown): SynapError {
  const details = { ...headDetails(answer), cause };
  const { status } = answer;
  if (status >= 400)
    return new SynapError(
      codeOfStatus(status),
      `The server answered with status ${status}.`,
      details,
    );
  const advice = 'Check that `url` is the origin of a Synap server.';
  return new SynapError(
    'invalid_response',
    `The answer is not one of Synap's RPC. ${advice}`,
    details,
  );
}

/** The error of a call that its caller does not want any more. */
export const abortedBy = (signal: AbortSignal) =>
  new SynapError('aborted', 'The call was aborted.', { cause: signal.reason });

function unexpected(cause: unknown): SynapError {
  return new SynapError('unexpected', cause instanceof Error ? cause.message : String(cause), {
    cause,
  });
}

function headDetails({ status, headers }: AnswerHead): SynapErrorDetails {
  return {
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfter: readRetryAfter(headers.get('retry-after')),
  };
}

/** Seconds of a `Retry-After` header, given as seconds or as a date (RFC 9110 §10.2.3). */
export function readRetryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isProblem(value: unknown): value is Problem {
  return (
    isRecord(value) &&
    typeof value.status === 'number' &&
    typeof value.code === 'string' &&
    typeof value.detail === 'string'
  );
}

function isAnswerHead(value: unknown): value is AnswerHead {
  return isRecord(value) && typeof value.status === 'number' && isRecord(value.headers);
}
