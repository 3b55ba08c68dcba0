import type { ErrorCode } from '@synap/contracts';

/** Codes of the API's problems. The compiler keeps them in step with the contract. */
const problemCodes = {
  bad_request: true,
  unauthenticated: true,
  forbidden: true,
  reauthentication_required: true,
  password_change_required: true,
  not_found: true,
  conflict: true,
  stale_version: true,
  version_required: true,
  too_many_requests: true,
  unavailable: true,
} as const satisfies Record<ErrorCode, true>;

/** Codes for statuses that the HTTP layer or a proxy may send. */
const codeByStatus = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_supported',
  408: 'timeout',
  409: 'conflict',
  412: 'stale_version',
  413: 'payload_too_large',
  414: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'unprocessable_content',
  428: 'version_required',
  429: 'too_many_requests',
  431: 'payload_too_large',
  500: 'internal_server_error',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
} as const satisfies Record<number, string>;

type StatusCode = (typeof codeByStatus)[keyof typeof codeByStatus];

/**
 * Codes set by the client itself. `network`: the server cannot be reached, or the connection broke.
 * `aborted`: the caller's signal fired. `input_too_large`: the input of a query does not fit into a
 * URL. `session_ended`: the session expired or was revoked; sign in again. `invalid_response`: the
 * response does not come from Synap. `unexpected`: an error in the client or its options, see
 * `cause`.
 */
type ClientCode =
  | 'network'
  | 'aborted'
  | 'input_too_large'
  | 'session_ended'
  | 'invalid_response'
  | 'unexpected';

/** All codes of a failed call: a closed set to narrow on. */
export type SynapErrorCode = ErrorCode | StatusCode | ClientCode;

const isProblemCode = (code: string): code is ErrorCode => Object.hasOwn(problemCodes, code);
const isKnownStatus = (status: number): status is keyof typeof codeByStatus =>
  Object.hasOwn(codeByStatus, status);

/** Returns the code of a status. An unknown status gets the code of its class (RFC 9110 §15). */
export function codeOfStatus(status: number): SynapErrorCode {
  if (isKnownStatus(status)) return codeByStatus[status];
  return status >= 500 ? 'internal_server_error' : 'bad_request';
}

/** Returns the code of a problem. A code unknown to this version becomes that of the status. */
export function codeOfProblem({ code, status }: { code: string; status: number }): SynapErrorCode {
  return isProblemCode(code) ? code : codeOfStatus(status);
}
