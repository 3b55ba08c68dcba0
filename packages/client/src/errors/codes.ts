import type { ErrorCode } from '@synap/contracts';

/** Refusals of the product; the compiler keeps them in step with the contract. */
const refusals = {
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

/** What the HTTP layer may answer before or beside the product, by status. */
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
 * What the client itself finds: `network` – the server cannot be reached or the answer broke off;
 * `aborted` – the caller's signal; `input_too_large` – the input of a query does not fit into a
 * URL; `session_ended` – the session was revoked or has expired, sign in again; `invalid_response`
 * – what answered is not Synap; `unexpected` – a fault on this side, see `cause`.
 */
type ClientCode =
  | 'network'
  | 'aborted'
  | 'input_too_large'
  | 'session_ended'
  | 'invalid_response'
  | 'unexpected';

/** Every way a call can fail: the closed set to narrow on. */
export type SynapErrorCode = ErrorCode | StatusCode | ClientCode;

const isRefusal = (code: string): code is ErrorCode => Object.hasOwn(refusals, code);
const isKnownStatus = (status: number): status is keyof typeof codeByStatus =>
  Object.hasOwn(codeByStatus, status);

/** The code of a status; of one that is not in the table, that of its class (RFC 9110 §15). */
export function codeOfStatus(status: number): SynapErrorCode {
  if (isKnownStatus(status)) return codeByStatus[status];
  return status >= 500 ? 'internal_server_error' : 'bad_request';
}

/**
 * The code of a problem. One that this version of the client does not know becomes the code of its
 * status.
 */
export function codeOfProblem({ code, status }: { code: string; status: number }): SynapErrorCode {
  return isRefusal(code) ? code : codeOfStatus(status);
}
