import { InputFault } from '@synap/http';
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
  /** The request writes a versioned resource. */
  readonly versioned: boolean;
  readonly method: string;
  /** The request has `If-Match` or `If-None-Match`. */
  readonly isConditional: boolean;
  /** The input said a version, rightly or not. */
  readonly hasVersion: boolean;
}

/**
 * The problem that is answered for an error over REST, where preconditions have statuses of their
 * own.
 */
export function toFailure(
  error: TRPCError,
  context: FailureContext,
): { problem: Problem; headers: Record<string, string> } {
  const { requestId, instance, readSource } = context;
  const { problem, headers } = describeProblem(error, { requestId, instance, readSource });
  const own = error instanceof HttpError ? error.headers : {};
  return {
    problem: context.versioned ? withPrecondition(problem, error, context) : problem,
    headers: { ...headers, ...own },
  };
}

/**
 * A condition that turns out false when the procedure checks it is 412 (RFC 9110 §13.1); a write
 * that must say its version and does not is 428 (RFC 6585 §3).
 */
function withPrecondition(problem: Problem, error: TRPCError, context: FailureContext): Problem {
  if (context.isConditional && problem.status === 409 && problem.code === context.staleVersionCode)
    return restate(problem, 412);
  // The input is refused before its version is read.
  if (error.cause instanceof InputFault) return problem;
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
