import type { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';

/** One validation error; `pointer` is a JSON Pointer (RFC 6901) into the procedure's input. */
export interface ProblemIssue {
  pointer: string;
  message: string;
  code: string;
}

/** Problem details (RFC 9457 §3) with the extension members `code`, `requestId` and `errors`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance?: string;
  code: string;
  requestId?: string;
  errors?: ProblemIssue[];
}

/** Description of an application error. Everything in it is sent to the client. */
export interface ProblemSource {
  code: string;
  /**
   * HTTP status.
   * @default the status of the tRPC code
   */
  status?: number;
  /**
   * Explanation for the client.
   * @default the title of the status
   */
  detail?: string;
  /**
   * URI reference of the problem type.
   * @default 'about:blank'
   */
  type?: string;
  /** @default the reason phrase of the status */
  title?: string;
  errors?: ProblemIssue[];
  /** Response headers, such as `retry-after`. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * Reads an application error from a `TRPCError`, usually from its `cause`. Returns undefined for
 * any other error.
 * @example
 * ```ts
 * const readSource: ReadProblemSource = ({ cause }) =>
 *   cause instanceof NoSuchNote ? { code: 'no_such_note', status: 404 } : undefined;
 * ```
 */
export type ReadProblemSource = (error: TRPCError) => ProblemSource | undefined;

/** Details of the request that a problem refers to. */
export interface ProblemContext {
  requestId?: string;
  /** Path of the request without its query, which may contain secrets. */
  instance?: string;
  /** Maps errors of the application. Without it they are reported by their tRPC code. */
  readSource?: ReadProblemSource;
}

/**
 * HTTP status by tRPC code. Copy of tRPC's own table, so that this file has no runtime dependency.
 */
const statusByCode = {
  PARSE_ERROR: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE_CONTENT: 422,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  CLIENT_CLOSED_REQUEST: 499,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
} as const satisfies Record<TRPC_ERROR_CODE_KEY, number>;

/** Values of `code` for errors without an application code: tRPC's codes in lower case. */
export const trpcProblemCodes: readonly string[] = Object.keys(statusByCode).map((code) =>
  code.toLowerCase(),
);

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Reason phrase of a status (RFC 9110 §15). */
export const titleOf = (status: number) =>
  titles[status] ?? (status < 500 ? 'Bad Request' : 'Internal Server Error');

/**
 * Default `code` for a status, as used by `toProblem`.
 * @example
 * ```ts
 * codeOf(404); // 'not_found'
 * ```
 */
export const codeOf = (status: number): string =>
  (
    Object.entries(statusByCode).findLast(([, candidate]) => candidate === status)?.[0] ??
    titleOf(status).replaceAll(' ', '_')
  ).toLowerCase();

/** HTTP status of a tRPC error, by its code. */
export const statusOf = (error: TRPCError): number => statusByCode[error.code] ?? 500;

/**
 * Converts a path to a JSON Pointer (RFC 6901 §3).
 * @example
 * ```ts
 * pointerOf(['items', 0, 'a/b']); // '/items/0/a~1b'
 * ```
 */
export const pointerOf = (path: readonly unknown[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * Converts a tRPC error to problem details. Unexpected errors expose only the request id. A message
 * is sent only if the application wrote it, not if it was copied from a cause.
 * @example
 * ```ts
 * const problem = toProblem(error, { requestId, instance: '/api/v1/notes' });
 * ```
 */
export function toProblem(error: TRPCError, context: ProblemContext = {}): Problem {
  return describeProblem(error, context).problem;
}

/**
 * Same as `toProblem`, but also returns the response headers of the problem.
 * @example
 * ```ts
 * const { problem, headers } = describeProblem(error, { requestId, readSource });
 * res.writeHead(problem.status, headers).end(JSON.stringify(problem));
 * ```
 */
export function describeProblem(
  error: TRPCError,
  context: ProblemContext = {},
): { problem: Problem; headers: Readonly<Record<string, string>> } {
  const source = context.readSource?.(error);
  const status = source?.status ?? statusOf(error);
  const errors = source ? source.errors : issuesOf(error);
  const problem: Problem = {
    type: source?.type ?? 'about:blank',
    title: source?.title ?? titleOf(status),
    status,
    detail: source ? (source.detail ?? titleOf(status)) : detailOf(error, status, errors),
    code: source?.code ?? error.code.toLowerCase(),
  };
  if (context.instance !== undefined) problem.instance = context.instance;
  if (context.requestId !== undefined) problem.requestId = context.requestId;
  if (errors !== undefined && errors.length > 0) problem.errors = errors;
  const headers = source?.headers ?? {};
  if (status !== 503 || 'retry-after' in headers) return { problem, headers };
  return { problem, headers: { ...headers, 'retry-after': defaultRetryAfter } };
}

/** Default `Retry-After` in seconds. Every 503 carries one (RFC 9110 §15.6.4). */
const defaultRetryAfter = '5';

function detailOf(error: TRPCError, status: number, errors: ProblemIssue[] | undefined): string {
  if (errors !== undefined)
    return errors.length === 1
      ? `The input is not valid: ${errors[0]?.message}`
      : 'The input is not valid.';
  if (status === 500) return 'Unexpected server error. Report the request id if it persists.';
  const borrowed = error.cause !== undefined && error.message === error.cause.message;
  return borrowed || error.message === error.code ? `${titleOf(status)}.` : error.message;
}

interface RawIssue {
  path?: readonly unknown[];
  message: string;
  code?: string;
  keys?: readonly string[];
}

const isRawIssue = (value: unknown): value is RawIssue =>
  typeof value === 'object' &&
  value !== null &&
  'message' in value &&
  typeof value.message === 'string';

/** Validation issues of zod or any other Standard Schema validator; undefined if there are none. */
export function issuesOf(error: TRPCError): ProblemIssue[] | undefined {
  if (error.code !== 'BAD_REQUEST' || error.cause === undefined || !('issues' in error.cause))
    return undefined;
  const { issues } = error.cause;
  if (!Array.isArray(issues)) return undefined;
  return issues.filter(isRawIssue).flatMap(toProblemIssues);
}

function toProblemIssues(issue: RawIssue): ProblemIssue[] {
  const path = (issue.path ?? []).map((part) =>
    typeof part === 'object' && part !== null && 'key' in part ? part.key : part,
  );
  const { message, code = 'invalid' } = issue;
  if (issue.keys === undefined || issue.keys.length === 0)
    return [{ pointer: pointerOf(path), message, code }];
  return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), message, code }));
}
