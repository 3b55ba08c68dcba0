/** All error codes of the product: the closed set that clients narrow on. */
export const errorCodes = [
  'bad_request',
  'unauthenticated',
  'forbidden',
  'reauthentication_required',
  'password_change_required',
  'not_found',
  'conflict',
  'stale_version',
  'version_required',
  'too_many_requests',
  'unavailable',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** A validation error of an input; `pointer` is a JSON Pointer (RFC 6901) into it. */
export interface InputFault {
  pointer: string;
  message: string;
  code: string;
}

/** Reason why a bearer token was rejected (RFC 6750 §3.1). */
export interface TokenFault {
  error: 'invalid_token' | 'insufficient_scope';
  /** The scope that the call needs; undefined if no scope suffices. */
  scope?: string;
}

export interface ErrorDetails {
  /** Validation errors of the input. */
  errors?: InputFault[];
  /** Seconds after which a retry makes sense (`Retry-After`, RFC 9110 §10.2.3). */
  retryAfter?: number;
  /** Error of the presented token (`WWW-Authenticate`). */
  token?: TokenFault;
}

/**
 * An error that is shown to the caller. Its message says what happened and what to do, without
 * internals.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const badRequest = (message: string, errors?: InputFault[]) =>
  new AppError('bad_request', message, { errors });
export const unauthenticated = (message: string) => new AppError('unauthenticated', message);
/** The presented access token or API key is invalid. */
export const invalidToken = (message: string) =>
  new AppError('unauthenticated', message, { token: { error: 'invalid_token' } });
/** The token is valid, but lacks the scope for this call. */
export const insufficientScope = (message: string, scope?: string) =>
  new AppError('forbidden', message, {
    token: { error: 'insufficient_scope', ...(scope !== undefined && { scope }) },
  });
export const forbidden = (message: string) => new AppError('forbidden', message);
/** The call requires a recent password check (ASVS 5.0, 7.5.1). */
export const reauthenticationRequired = () =>
  new AppError(
    'reauthentication_required',
    'This needs a recent sign-in: POST /auth/reauthenticate with your password, then repeat it.',
  );
/** The password was chosen by someone else and must be changed first. */
export const passwordChangeRequired = () =>
  new AppError(
    'password_change_required',
    'An administrator chose your password: change it with POST /users/me/password first.',
  );
export const notFound = (message: string) => new AppError('not_found', message);
export const conflict = (message: string) => new AppError('conflict', message);
/** The write is based on an outdated version. */
export const staleVersion = (message: string) => new AppError('stale_version', message);
/** The write must state the version it is based on (RFC 6585 §3). */
export const versionRequired = (message: string) => new AppError('version_required', message);
/** @param retryAfter seconds */
export const tooManyRequests = (message: string, retryAfter: number) =>
  new AppError('too_many_requests', message, { retryAfter });
/** @param retryAfter seconds */
export const unavailable = (message: string, retryAfter?: number, cause?: unknown) =>
  new AppError('unavailable', message, { retryAfter }, { cause });
