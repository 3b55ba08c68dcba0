import { AppError, type ReportLimit } from '@synap/contracts';
import { type AddressOf, networkOf } from '../address.js';
import type { ErrorHandler, Middleware } from '../middleware.js';
import { createCounter } from './counter.js';
import { reportLimit } from './headers.js';
import { type LimitStore, memoryStore } from './store.js';

const tooFast = 'Too many requests: wait as long as Retry-After says.';

/**
 * Creates the API-wide limits: by network address before all else, by user after authentication.
 */
export function createApiLimits(
  factor: number,
  addressOf: AddressOf,
  store: LimitStore = memoryStore,
) {
  const addresses = createCounter(
    { name: 'address', points: 300, window: 10 },
    store,
    factor,
    tooFast,
  );
  const users = createCounter({ name: 'user', points: 600, window: 60 }, store, factor, tooFast);

  /**
   * Counts a request, or each call of a batch, and reports the remaining points. Rejects excess
   * requests in the format of their transport.
   */
  const countAddress =
    (handleError: ErrorHandler): Middleware =>
    (req, res, next) => {
      const report: ReportLimit = (state) => reportLimit(res, state);
      addresses.consume(networkOf(addressOf(req)), report, callsOf(req.url ?? '')).then(
        () => next(),
        (error: unknown) =>
          error instanceof AppError ? handleError(req, res, error) : next(error),
      );
    };

  return {
    countAddress,
    countUser: (userId: string, report: ReportLimit, calls: number) =>
      users.consume(userId, report, calls),
  };
}

export type ApiLimits = ReturnType<typeof createApiLimits>;

/** Maximum number of calls in a batch. */
export const maxBatchSize = 10;

/**
 * Counts the procedures of a request: tRPC lists them in the path, separated by commas that may be
 * percent-encoded. A batch with too many counts as one, because it is rejected unread.
 */
function callsOf(url: string): number {
  const end = url.indexOf('?');
  const comma = /,|%2c/gi;
  let calls = 1;
  while (calls <= maxBatchSize) {
    const found = comma.exec(url);
    if (found === null || (end >= 0 && found.index > end)) return calls;
    calls += 1;
  }
  return 1;
}
