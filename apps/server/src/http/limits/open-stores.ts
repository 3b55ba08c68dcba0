import { createPool } from '@synap/db';
import type { Logger } from 'pino';
import { connectRedis } from './redis.js';
import {
  createLimitStore,
  createPostgresStore,
  createRedisStore,
  type LimitStore,
  memoryStore,
  type StoreWatch,
} from './store.js';

export interface LimitStores {
  /** For the API-wide limits, which count every request. */
  api: LimitStore;
  /** For the identity limits, which apply across instances. */
  identity: LimitStore;
  close(): Promise<void>;
}

interface LimitStoresOptions {
  redisUrl: string | undefined;
  /** URL of the database. */
  url: string;
  log: Pick<Logger, 'warn'>;
}

/**
 * Uses Redis for all limits if it is configured; else memory for the API and PostgreSQL for
 * identity.
 */
export async function openLimitStores({
  redisUrl,
  url,
  log,
}: LimitStoresOptions): Promise<LimitStores> {
  const redis = redisUrl === undefined ? undefined : connectRedis(redisUrl);
  const watch: StoreWatch = {
    onDown: (store, error) =>
      log.warn(
        { err: redis?.failure() ?? error },
        `${store} is unavailable for rate limits: this process counts in memory`,
      ),
    onUp: (store) => log.warn(`${store} is available for rate limits again`),
  };
  if (redis === undefined) {
    const pool = openPool(url);
    return {
      api: memoryStore,
      identity: createLimitStore(createPostgresStore(pool), watch),
      close: () => pool.end(),
    };
  }
  try {
    await redis.settled;
    const store = createLimitStore(createRedisStore(redis), watch);
    // Logs a wrong address at the start instead of at the first call.
    await store.withFallback(
      () => redis.client.ping(),
      async () => undefined,
    );
    return { api: store, identity: store, close: redis.close };
  } catch (error) {
    await redis.close();
    throw error;
  }
}

/**
 * Opens a separate pool: sign-in floods contend for one row and would exhaust the main pool.
 * Commits asynchronously; a crash of the database may lose the latest counts.
 */
const openPool = (url: string) =>
  createPool({
    url,
    applicationName: 'synap limits',
    size: 2,
    settings: { synchronous_commit: 'off' },
  });
