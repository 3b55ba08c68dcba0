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
  /** For the API-wide limits: a count for each request. */
  api: LimitStore;
  /** For the limits of identity, which hold over all instances. */
  identity: LimitStore;
  close(): Promise<void>;
}

interface LimitStoresOptions {
  redisUrl: string | undefined;
  /** Of the database. */
  url: string;
  log: Pick<Logger, 'warn'>;
}

/** Redis for all limits where there is one; else memory for the API and PostgreSQL for identity. */
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
        `${store} does not keep the rate limits now: this process counts in its memory`,
      ),
    onUp: (store) => log.warn(`${store} keeps the rate limits again`),
  };
  if (redis === undefined) {
    const pool = openPool(url);
    return {
      api: memoryStore,
      identity: createLimitStore(createPostgresStore(pool), watch),
      close: () => pool.end(),
    };
  }
  await redis.settled;
  const store = createLimitStore(createRedisStore(redis), watch);
  // A wrong address is logged at the start instead of at the first call.
  await store.withFallback(
    () => redis.client.ping(),
    async () => undefined,
  );
  return { api: store, identity: store, close: redis.close };
}

/**
 * Apart from the connections that serve calls: a flood of sign-ins waits for one row, and would
 * hold all of them. What was counted in the moment before the database crashes may be lost, so no
 * count waits for the disk.
 */
const openPool = (url: string) =>
  createPool({
    url,
    applicationName: 'synap limits',
    size: 2,
    settings: { synchronous_commit: 'off' },
  });
