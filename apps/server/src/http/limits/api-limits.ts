import { AppError, type ReportLimit } from '@synap/contracts';
import { type AddressOf, networkOf } from '../address.js';
import type { ErrorHandler, Middleware } from '../middleware.js';
import { createCounter } from './counter.js';
import { reportLimit } from './headers.js';
import { type LimitStore, memoryStore } from './store.js';

const tooFast = 'Too many requests: wait as long as Retry-After says.';

/**
 * The API-wide limits: by network address before anything else, by user once the token is known.
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
   * Counts the request, each call of a batch for itself, and reports what is left. What is too much
   * is refused in the form of its transport.
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

/** Calls in a batch at most. */
export const maxBatchSize = 10;

/**
 * How many procedures a request asks for: tRPC names them in the path, between commas that may be
 * percent-encoded. A batch with too many is refused before it is looked at, and costs as little.
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
