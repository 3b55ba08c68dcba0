import { TRPCError } from '@trpc/server';

/** Error of a call that exceeds the deadline; 408 if the client has not sent its body. */
export function deadlineError(deadlineMs: number, isBodyPending: boolean): TRPCError {
  const duration = `within ${deadlineMs / 1000} s`;
  if (isBodyPending)
    return new TRPCError({
      code: 'TIMEOUT',
      message: `The request body did not arrive ${duration}: send it again.`,
    });
  return new TRPCError({
    code: 'SERVICE_UNAVAILABLE',
    message: `The request was not completed ${duration}: try again later.`,
  });
}
