import { AppError, type ErrorCode } from '@synap/contracts';
import type { ProblemSource } from '@synap/rest/problem';
import { TRPCError } from '@trpc/server';

const trpcCodes = {
  bad_request: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  reauthentication_required: 'FORBIDDEN',
  password_change_required: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  stale_version: 'CONFLICT',
  version_required: 'PRECONDITION_REQUIRED',
  too_many_requests: 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<ErrorCode, TRPCError['code']>;

/** The tRPC error of a refusal; its cause keeps the refusal itself. */
export function toTRPCError(error: AppError): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: error.message, cause: error });
}

/** Seconds, for a refusal that names no time: every 503 has one. */
const defaultRetryAfter = 5;

/** What the problem object tells of a refusal, for both faces. */
export function readProblemSource(error: TRPCError): ProblemSource | undefined {
  const refusal = error.cause;
  if (!(refusal instanceof AppError)) return undefined;
  const { errors } = refusal.details;
  const waiting = headersOf(
    refusal.details,
    refusal.code === 'unavailable' ? defaultRetryAfter : undefined,
  );
  const challenge = challengeOf(refusal);
  const headers = challenge ? { ...waiting, 'www-authenticate': challenge } : waiting;
  return {
    code: refusal.code,
    detail: refusal.message,
    ...(errors && { errors }),
    ...(headers && { headers }),
  };
}

/** When to come again. */
function headersOf(
  { retryAfter: given }: AppError['details'],
  otherwise: number | undefined,
): Record<string, string> | undefined {
  const retryAfter = given ?? otherwise;
  return retryAfter === undefined
    ? undefined
    : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) };
}

/** A 401 without a fault of a token only names the scheme (RFC 6750 §3): no token was presented. */
function challengeOf({ code, message, details }: AppError): string | undefined {
  const { token } = details;
  if (token === undefined) return code === 'unauthenticated' ? 'Bearer' : undefined;
  const scope = token.scope === undefined ? '' : `, scope="${token.scope}"`;
  return `Bearer error="${token.error}", error_description="${asDescription(message)}"${scope}`;
}

/**
 * The characters that RFC 6750 §3 allows in a description: printable ASCII without quotation mark
 * and backslash.
 */
const asDescription = (message: string): string =>
  message.replaceAll(/["\\]/g, "'").replaceAll(/[^ -~]/g, '?');
