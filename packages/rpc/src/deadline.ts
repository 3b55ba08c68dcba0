import { TRPCError } from '@trpc/server';

/**
 * The error of a call that takes too long; 408 where it was the client that did not send its body.
 */
export function deadlineError(deadlineMs: number, isBodyAwaited: boolean): TRPCError {
  const within = `within ${deadlineMs / 1000} s`;
  if (isBodyAwaited)
    return new TRPCError({
      code: 'TIMEOUT',
      message: `The body of the request did not come ${within}: send it again.`,
    });
  return new TRPCError({
    code: 'SERVICE_UNAVAILABLE',
    message: `This could not be done ${within}: try again later.`,
  });
}
