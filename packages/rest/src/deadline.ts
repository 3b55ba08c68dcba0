import { deadlineError } from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { Exchange } from './exchange.js';

/**
 * Calls `onPassed` with an error once the deadline has passed: 408 if the client has not sent its
 * body, else 503. Returns a function that cancels the timer. Zero milliseconds disable the
 * deadline.
 */
export function startDeadline(
  { req }: Exchange,
  milliseconds: number,
  onPassed: (error: TRPCError) => void,
): () => void {
  if (milliseconds === 0) return () => {};
  const timer = setTimeout(() => {
    const { code, message } = deadlineError(milliseconds, !req.complete);
    onPassed(new TRPCError({ code, message }));
  }, milliseconds);
  return () => clearTimeout(timer);
}
