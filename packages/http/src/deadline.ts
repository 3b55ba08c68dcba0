import { RequestError } from './request-error.js';

/** Error of a request that exceeds its deadline: 408 if its body did not arrive, else 503. */
export function deadlineError(deadlineMs: number, isBodyPending: boolean): RequestError {
  const duration = `within ${deadlineMs / 1000} s`;
  return isBodyPending
    ? new RequestError('TIMEOUT', `The request body did not arrive ${duration}: send it again.`)
    : new RequestError(
        'SERVICE_UNAVAILABLE',
        `The request was not completed ${duration}: try again later.`,
      );
}
