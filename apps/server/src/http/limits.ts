import { tooManyRequests } from '@synap/contracts';
import type { IdentityGuard } from '@synap/core';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type AddressOf, networkOf } from './address.js';
import type { Middleware, Refuse } from './middleware.js';

interface Policy {
  name: string;
  points: number;
  /** Seconds. */
  window: number;
}

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));

/** A counter that throws `too_many_requests` once its points are spent. */
function createCounter({ name, points, window }: Policy, factor: number, message: string) {
  const limiter = new RateLimiterMemory({ keyPrefix: name, points: Math.round(points * factor), duration: window });
  return {
    limiter,
    async consume(key: string, count = 1): Promise<RateLimiterRes> {
      try {
        return await limiter.consume(key, count);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw tooManyRequests(message, seconds(refusal.msBeforeNext));
        throw refusal;
      }
    },
    async spent(key: string): Promise<void> {
      const state = await limiter.get(key);
      if (state && state.remainingPoints <= 0) throw tooManyRequests(message, seconds(state.msBeforeNext));
    },
  };
}

const tooFast = 'Too many requests: wait as long as Retry-After says.';

/** The limits of identity: sign-in by address, failures by account and address, refresh by session. In this process's memory. */
export function createIdentityLimits(factor: number): IdentityGuard {
  const logins = createCounter(
    { name: 'login', points: 10, window: 60 },
    factor,
    'Too many sign-ins from this address: wait as long as Retry-After says.',
  );
  const failures = createCounter(
    { name: 'login-failures', points: 5, window: 900 },
    factor,
    'Too many failed sign-ins for this account: wait as long as Retry-After says.',
  );
  const registrations = createCounter(
    { name: 'register', points: 5, window: 3600 },
    factor,
    'Too many sign-ups from this address: wait as long as Retry-After says.',
  );
  const refreshes = createCounter({ name: 'refresh', points: 300, window: 300 }, factor, tooFast);
  const accountKey = (email: string, address: string) => `${networkOf(address)} ${email}`;
  return {
    async login(email: string, address: string): Promise<void> {
      await logins.consume(networkOf(address));
      await failures.spent(accountKey(email, address));
    },
    async loginFailed(email: string, address: string): Promise<void> {
      await failures.limiter.penalty(accountKey(email, address));
    },
    async loginSucceeded(email: string, address: string): Promise<void> {
      await failures.limiter.delete(accountKey(email, address));
    },
    async register(address: string): Promise<void> {
      await registrations.consume(networkOf(address));
    },
    async refresh(sessionId: string): Promise<void> {
      await refreshes.consume(sessionId);
    },
  };
}

/** The API-wide limits: by network address before anything else, by user once the token is known. */
export function createApiLimits(factor: number, addressOf: AddressOf) {
  const perAddress: Policy = { name: 'address', points: 300, window: 10 };
  const addresses = createCounter(perAddress, factor, tooFast);
  const users = createCounter({ name: 'user', points: 600, window: 60 }, factor, tooFast);
  const policy = `"${perAddress.name}";q=${addresses.limiter.points};w=${perAddress.window}`;

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
      addresses.limiter.consume(networkOf(addressOf(req)), callsOf(req.url ?? '')).then(
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
