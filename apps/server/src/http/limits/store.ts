import {
  type IRateLimiterOptions,
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { RedisConnection } from './redis.js';

/** Minimal type of a `pg` pool. */
type Pool = { query: (...args: never[]) => unknown };

/** Store whose counts all instances share. */
export interface SharedStore {
  name: 'PostgreSQL' | 'Redis';
  limiter(options: IRateLimiterOptions): RateLimiterAbstract;
}

/** Notified once when a store becomes unavailable, and once when it recovers. */
export interface StoreWatch {
  onDown: (store: SharedStore['name'], error: unknown) => void;
  onUp: (store: SharedStore['name']) => void;
}

/** Uses a table of the product's schema: the library neither creates nor purges it. */
export function createPostgresStore(pool: Pool): SharedStore {
  return {
    name: 'PostgreSQL',
    limiter: (options) =>
      new RateLimiterPostgres({
        ...options,
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
      }),
  };
}

export function createRedisStore({ client }: Pick<RedisConnection, 'client'>): SharedStore {
  return {
    name: 'Redis',
    limiter: (options) =>
      new RateLimiterRedis({
        ...options,
        keyPrefix: `synap:limit:${options.keyPrefix}`,
        storeClient: client,
        rejectIfRedisNotReady: true,
      }),
  };
}

/** Milliseconds before a failed store is tried again. */
const retryDelayMs = 1000;

/** Runs an operation on the shared store, or in memory while it is unavailable. */
type WithFallback = <T>(shared: () => Promise<T>, memory: () => Promise<T>) => Promise<T>;

/**
 * While the store is unavailable, counts in memory and probes the store once a second. Limits then
 * apply per instance, and callers do not wait for an unresponsive store.
 */
function createFallback({ name }: SharedStore, { onDown, onUp }: StoreWatch): WithFallback {
  let unavailable = false;
  let retryAt = 0;
  return async (shared, memory) => {
    const now = performance.now();
    if (unavailable && now < retryAt) return memory();
    if (unavailable) retryAt = now + retryDelayMs;
    try {
      const found = await shared();
      markAvailable();
      return found;
    } catch (error) {
      if (error instanceof RateLimiterRes) {
        markAvailable();
        throw error;
      }
      retryAt = performance.now() + retryDelayMs;
      if (!unavailable) {
        unavailable = true;
        onDown(name, error);
      }
      return memory();
    }
  };

  function markAvailable(): void {
    if (!unavailable) return;
    unavailable = false;
    onUp(name);
  }
}

/** Store for limits: memory, or a shared store with memory as the fallback. */
export interface LimitStore {
  limiters(options: IRateLimiterOptions): {
    memory: RateLimiterMemory;
    shared?: RateLimiterAbstract;
  };
  withFallback: WithFallback;
}

export const memoryStore: LimitStore = {
  limiters: (options) => ({ memory: new RateLimiterMemory(options) }),
  withFallback: (_shared, memory) => memory(),
};

export function createLimitStore(store: SharedStore, watch: StoreWatch): LimitStore {
  return {
    limiters: (options) => ({
      memory: new RateLimiterMemory(options),
      shared: store.limiter(options),
    }),
    withFallback: createFallback(store, watch),
  };
}
