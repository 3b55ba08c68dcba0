import type { IncomingMessage } from 'node:http';
import { InputError, isRecord } from '@synap/http';
import type { TRPCError } from '@trpc/server';
import type { RestOperation } from '../meta.js';
import {
  describeProblem,
  issuesOf,
  type Problem,
  type ReadProblemSource,
  titleOf,
} from '../problem.js';
import { errorFormatOf } from './error-formats.js';
import { HttpError } from './http-error.js';
import type { RestResponse } from './success.js';

/** A request that fails. */
export interface FailedExchange {
  readonly req: Pick<IncomingMessage, 'method' | 'headers'>;
  readonly requestId: string;
  readonly path: string;
  /** Called operation; undefined if no route matches. */
  readonly operation: { readonly meta: RestOperation } | undefined;
  /** Raw input; undefined if it has not been read. */
  readonly input: unknown;
  readonly settings: {
    readonly staleVersionCode: string;
    readonly options: {
      readonly readProblemSource?: ReadProblemSource;
      readonly challenge?: string;
    };
  };
}

/**
 * Converts an error to its response: problem details, or the error format of the operation. Failed
 * preconditions get their own statuses.
 */
export function failureResponse(error: TRPCError, exchange: FailedExchange): RestResponse {
  const { requestId, path: instance, settings, operation } = exchange;
  const { readProblemSource: readSource, challenge } = settings.options;
  const described = describeProblem(error, { requestId, instance, readSource });
  const meta = operation?.meta;
  const problem = meta?.versioned
    ? withPrecondition(described.problem, error, exchange)
    : described.problem;
  const headers: Record<string, string> = { ...described.headers };
  if (error instanceof HttpError) Object.assign(headers, error.headers);
  const format = meta && errorFormatOf(meta);
  const ownStatus = format?.statusOf(problem.status);
  const status = ownStatus ?? problem.status;
  headers['content-type'] = format && ownStatus ? format.mediaType : 'application/problem+json';
  Object.assign(headers, format?.headers);
  // The error format may have replaced 401 or 403, so that a challenge no longer applies.
  if (status !== problem.status) delete headers['www-authenticate'];
  if (status === 401) headers['www-authenticate'] ??= challenge ?? 'Bearer';
  if (meta?.noStore) headers['cache-control'] = 'no-store';
  const body = JSON.stringify(format && ownStatus ? format.write(problem) : problem);
  return { status, headers, links: [], body };
}

/**
 * Maps failed preconditions. A condition that the procedure finds false is 412 (RFC 9110 §13.1). A
 * write without a required version is 428 (RFC 6585 §3).
 */
function withPrecondition(
  problem: Problem,
  error: TRPCError,
  { req: { method, headers }, input, settings }: FailedExchange,
): Problem {
  const isConditional = headers['if-match'] !== undefined || headers['if-none-match'] !== undefined;
  if (isConditional && problem.status === 409 && problem.code === settings.staleVersionCode)
    return restate(problem, 412);
  // The input was rejected before its version was read.
  if (error.cause instanceof InputError) return problem;
  const mustSay = method === 'PUT' || method === 'PATCH';
  const hasVersion = isRecord(input) && input.version !== undefined;
  if (!mustSay || hasVersion || isConditional || problem.status !== 400) return problem;
  const issues = issuesOf(error) ?? [];
  const onlyVersion = issues.length > 0 && issues.every((issue) => issue.pointer === '/version');
  if (!onlyVersion) return problem;
  const { errors: _, ...rest } = problem;
  const detail =
    'Say which version the change is based on: If-Match with the ETag of the resource, or version in the body.';
  return { ...restate(rest, 428), detail, code: 'version_required' };
}

const restate = (problem: Problem, status: number): Problem => ({
  ...problem,
  status,
  title: titleOf(status),
});
