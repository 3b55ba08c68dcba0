import { tooManyRequests } from '@synap/contracts';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { type AddressOf, networkOf } from '../address.js';
import type { Middleware, Refuse } from '../middleware.js';
import { createCounter, type Policy, seconds } from './counter.js';
import { type LimitStore, memoryStore } from './store.js';

const tooFast = 'Too many requests: wait as long as Retry-After says.';

/** The API-wide limits: by network address before anything else, by user once the token is known. */
export function createApiLimits(factor: number, addressOf: AddressOf, store: LimitStore = memoryStore) {
  const perAddress: Policy = { name: 'address', points: 300, window: 10 };
  const addresses = createCounter(perAddress, store, factor, tooFast);
  const users = createCounter({ name: 'user', points: 600, window: 60 }, store, factor, tooFast);
  const policy = `"${perAddress.name}";q=${addresses.points};w=${perAddress.window}`;

  /**
   * Counts the request, each call of a batch for itself, and tells what is left (draft-ietf-httpapi-ratelimit-headers). What is
   * too much is refused in the words of its face.
   */
  const countAddress =
    (refuse: Refuse): Middleware =>
    (req, res, next) => {
      const tell = (state: RateLimiterRes) => {
        res.setHeader('ratelimit-policy', policy);
        res.setHeader('ratelimit', `"${perAddress.name}";r=${state.remainingPoints};t=${seconds(state.msBeforeNext)}`);
      };
      addresses.take(networkOf(addressOf(req)), callsOf(req.url ?? '')).then(
        (state) => {
          tell(state);
          next();
        },
        (refusal: unknown) => {
          if (!(refusal instanceof RateLimiterRes)) return next(refusal);
          tell(refusal);
          refuse(req, res, tooManyRequests(tooFast, seconds(refusal.msBeforeNext)));
        },
      );
    };

  return { countAddress, countUser: (userId: string, calls: number) => users.consume(userId, calls).then(() => undefined) };
}

export type ApiLimits = ReturnType<typeof createApiLimits>;

/** Calls in a batch at most. */
export const maxBatchSize = 10;

/**
 * How many procedures a request asks for: tRPC names them in the path, between commas that may be percent-encoded. A batch with
 * too many is refused before it is looked at, and costs as little.
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
