import { findUnsafeJson, InputError, RequestError } from '@synap/http';
import { TRPCError } from '@trpc/server';

export const inputError = (path: readonly (string | number)[], message: string, code: string) =>
  new InputError([{ path, message, code }]);

/**
 * Throws an `InputError` if a value contains keys or numbers that programs interpret differently.
 */
export function rejectUnsafe(value: unknown, path: readonly (string | number)[] = []): void {
  const issues = findUnsafeJson(value);
  if (issues.length > 0)
    throw new InputError(issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })));
}

/**
 * Converts any error thrown while reading an input to `BAD_REQUEST`. Keeps `TRPCError`s, and the
 * codes of errors of the request.
 */
export function toInputFailure(cause: unknown): TRPCError {
  if (cause instanceof TRPCError) return cause;
  if (cause instanceof RequestError)
    return new TRPCError({ code: cause.code, message: cause.message });
  return new TRPCError({ code: 'BAD_REQUEST', cause });
}
