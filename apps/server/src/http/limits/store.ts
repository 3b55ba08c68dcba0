import {
  type IRateLimiterOptions,
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { RedisConnection } from './redis.js';

/** A pool as `Database` has it. */
type Pool = { query: (...args: never[]) => unknown };

/** Where counts are kept for all instances. */
export interface SharedStore {
  name: 'PostgreSQL' | 'Redis';
  limiter(options: IRateLimiterOptions): RateLimiterAbstract;
}

/** Told once when a store goes away and once when it is back. */
export interface StoreWatch {
  onDown: (store: SharedStore['name'], error: unknown) => void;
  onUp: (store: SharedStore['name']) => void;
}

/** The table of our own schema: the library neither makes nor clears it. */
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

/** Milliseconds for which a store that failed is left alone. */
const retryDelayMs = 1000;

/** Runs an attempt on the shared store, or in memory while that is away. */
type WithFallback = <T>(shared: () => Promise<T>, memory: () => Promise<T>) => Promise<T>;

/**
 * While the store is away one caller a second tries it and all others count in this process's
 * memory: the limits of an instance of its own instead of none, and no caller waits for a store
 * that does not answer.
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

/** What limits count in: memory, or a shared store that memory stands in for. */
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
