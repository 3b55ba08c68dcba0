/** Every way a rule of the product can refuse: the closed set that clients narrow on. */
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

/** One fault of an input; `pointer` is a JSON Pointer (RFC 6901) into it. */
export interface InputFault {
  pointer: string;
  message: string;
  code: string;
}

/** Why a bearer token does not suffice (RFC 6750 §3.1). */
export interface TokenFault {
  error: 'invalid_token' | 'insufficient_scope';
  /** The scope that the call needs; undefined if no scope suffices. */
  scope?: string;
}

export interface ErrorDetails {
  /** What exactly is wrong with the input. */
  errors?: InputFault[];
  /** Seconds after which trying again makes sense (`Retry-After`, RFC 9110 §10.2.3). */
  retryAfter?: number;
  /** The fault of the token that was presented (`WWW-Authenticate`). */
  token?: TokenFault;
}

/**
 * A refusal that a caller may read: its message tells what happened and what to do, and never what
 * is inside.
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
/** An access token or API key was presented and is not valid. */
export const invalidToken = (message: string) =>
  new AppError('unauthenticated', message, { token: { error: 'invalid_token' } });
/** The token is valid, but must not make this call. */
export const insufficientScope = (message: string, scope?: string) =>
  new AppError('forbidden', message, {
    token: { error: 'insufficient_scope', ...(scope !== undefined && { scope }) },
  });
export const forbidden = (message: string) => new AppError('forbidden', message);
/** The password must have been given lately (ASVS 5.0, 7.5.1). */
export const reauthenticationRequired = () =>
  new AppError(
    'reauthentication_required',
    'This needs a recent sign-in: POST /auth/reauthenticate with your password, then repeat it.',
  );
/** Somebody else chose the password. */
export const passwordChangeRequired = () =>
  new AppError(
    'password_change_required',
    'Somebody else chose your password: change it by POST /users/me/password first.',
  );
export const notFound = (message: string) => new AppError('not_found', message);
export const conflict = (message: string) => new AppError('conflict', message);
/** The write was based on a version that is no longer the current one. */
export const staleVersion = (message: string) => new AppError('stale_version', message);
/** The write must say which version it is based on (RFC 6585 §3). */
export const versionRequired = (message: string) => new AppError('version_required', message);
/** @param retryAfter seconds */
export const tooManyRequests = (message: string, retryAfter: number) =>
  new AppError('too_many_requests', message, { retryAfter });
/** @param retryAfter seconds */
export const unavailable = (message: string, retryAfter?: number, cause?: unknown) =>
  new AppError('unavailable', message, { retryAfter }, { cause });
