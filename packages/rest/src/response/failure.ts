import { InputError } from '@synap/http';
import type { TRPCError } from '@trpc/server';
import {
  describeProblem,
  issuesOf,
  type Problem,
  type ReadProblemSource,
  titleOf,
} from '../problem.js';
import { HttpError } from './http-error.js';

export interface FailureContext {
  readonly requestId: string;
  readonly instance: string;
  readonly readSource: ReadProblemSource | undefined;
  readonly staleVersionCode: string;
  /** True if the request writes a versioned resource. */
  readonly versioned: boolean;
  readonly method: string;
  /** True if the request has `If-Match` or `If-None-Match`. */
  readonly isConditional: boolean;
  /** True if the input contains a version, valid or not. */
  readonly hasVersion: boolean;
}

/**
 * Converts an error to the problem of a REST response. Failed preconditions get their own statuses.
 */
export function toFailure(
  error: TRPCError,
  context: FailureContext,
): { problem: Problem; headers: Record<string, string> } {
  const { requestId, instance, readSource } = context;
  const { problem, headers } = describeProblem(error, { requestId, instance, readSource });
  const errorHeaders = error instanceof HttpError ? error.headers : {};
  return {
    problem: context.versioned ? withPrecondition(problem, error, context) : problem,
    headers: { ...headers, ...errorHeaders },
  };
}

/**
 * Maps failed preconditions. A condition that the procedure finds false is 412 (RFC 9110 §13.1). A
 * write without a required version is 428 (RFC 6585 §3).
 */
function withPrecondition(problem: Problem, error: TRPCError, context: FailureContext): Problem {
  if (context.isConditional && problem.status === 409 && problem.code === context.staleVersionCode)
    return restate(problem, 412);
  // The input was rejected before its version was read.
  if (error.cause instanceof InputError) return problem;
  const mustSay = context.method === 'PUT' || context.method === 'PATCH';
  if (!mustSay || context.hasVersion || context.isConditional || problem.status !== 400)
    return problem;
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
