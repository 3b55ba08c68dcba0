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
  const duration = `within ${milliseconds / 1000} s`;
  const timer = setTimeout(() => {
    const message = `The request body did not arrive ${duration}: send it again.`;
    if (!req.complete) onPassed(new TRPCError({ code: 'TIMEOUT', message }));
    else
      onPassed(
        new TRPCError({
          code: 'SERVICE_UNAVAILABLE',
          message: `The request was not completed ${duration}: try again later.`,
        }),
      );
  }, milliseconds);
  return () => clearTimeout(timer);
}
