import { findUnsafeJson, InputError } from '@synap/http';
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

/** Converts any error thrown while reading an input to `BAD_REQUEST`; keeps `TRPCError`s. */
export const toBadRequest = (cause: unknown): TRPCError =>
  cause instanceof TRPCError ? cause : new TRPCError({ code: 'BAD_REQUEST', cause });
