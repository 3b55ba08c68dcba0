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

/** Converts an `AppError` to a tRPC error; the original is its cause. */
export function toTRPCError(error: AppError): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: error.message, cause: error });
}

/** Default `Retry-After` in seconds: every 503 has one. */
const defaultRetryAfter = 5;

/** Extracts the problem details of an `AppError`, for both transports. */
export function readProblemSource(error: TRPCError): ProblemSource | undefined {
  const appError = error.cause;
  if (!(appError instanceof AppError)) return undefined;
  const { errors } = appError.details;
  const waiting = headersOf(
    appError.details,
    appError.code === 'unavailable' ? defaultRetryAfter : undefined,
  );
  const challenge = challengeOf(appError);
  const headers = challenge ? { ...waiting, 'www-authenticate': challenge } : waiting;
  return {
    code: appError.code,
    detail: appError.message,
    ...(errors && { errors }),
    ...(headers && { headers }),
  };
}

/** Builds the `Retry-After` header. */
function headersOf(
  { retryAfter: specified }: AppError['details'],
  fallback: number | undefined,
): Record<string, string> | undefined {
  const retryAfter = specified ?? fallback;
  return retryAfter === undefined
    ? undefined
    : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) };
}

/**
 * Builds the `WWW-Authenticate` challenge. Without a presented token, a 401 names only the scheme
 * (RFC 6750 §3).
 */
function challengeOf({ code, message, details }: AppError): string | undefined {
  const { token } = details;
  if (token === undefined) return code === 'unauthenticated' ? 'Bearer' : undefined;
  const scope = token.scope === undefined ? '' : `, scope="${token.scope}"`;
  return `Bearer error="${token.error}", error_description="${asDescription(message)}"${scope}`;
}

/**
 * Replaces characters that RFC 6750 §3 forbids in a description: allowed is printable ASCII without
 * quotation mark and backslash.
 */
const asDescription = (message: string): string =>
  message.replaceAll(/["\\]/g, "'").replaceAll(/[^ -~]/g, '?');
