import { findUnsafe, InputFault } from '@synap/http';
import { TRPCError } from '@trpc/server';

export const inputFault = (path: readonly (string | number)[], message: string, code: string) =>
  new InputFault([{ path, message, code }]);

/**
 * Throws an `InputFault` if JSON, or what was read from text, holds keys or numbers that programs
 * do not hold alike.
 */
export function rejectUnsafe(value: unknown, path: readonly (string | number)[] = []): void {
  const issues = findUnsafe(value);
  if (issues.length > 0)
    throw new InputFault(issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })));
}

/** Anything thrown while reading an input, as the error that the caller gets. */
export const toBadRequest = (cause: unknown): TRPCError =>
  cause instanceof TRPCError ? cause : new TRPCError({ code: 'BAD_REQUEST', cause });
