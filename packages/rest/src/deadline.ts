import { TRPCError } from '@trpc/server';
import type { Exchange } from './exchange.js';

/**
 * Calls `onPassed` with the error to answer when a call takes too long: 408 where it was the client
 * that did not send its body, else
 * 503. Returns what disarms it; 0 milliseconds mean no deadline.
 */
export function armDeadline(
  { req }: Exchange,
  milliseconds: number,
  onPassed: (error: TRPCError) => void,
): () => void {
  if (milliseconds === 0) return () => {};
  const within = `within ${milliseconds / 1000} s`;
  const timer = setTimeout(() => {
    const message = `The body of the request did not come ${within}: send it again.`;
    if (!req.complete) onPassed(new TRPCError({ code: 'TIMEOUT', message }));
    else
      onPassed(
        new TRPCError({
          code: 'SERVICE_UNAVAILABLE',
          message: `This could not be done ${within}: try again later.`,
        }),
      );
  }, milliseconds);
  return () => clearTimeout(timer);
}
