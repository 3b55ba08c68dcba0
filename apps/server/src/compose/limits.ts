import type { IdentityGuard } from '@synap/core';
import {
  type ApiLimits,
  createApiLimits,
  createIdentityLimits,
  openLimitStores,
} from '../http/limits/index.js';
import type { CloseStack } from './close-stack.js';
import type { OpenDatabase } from './database.js';
import type { ServerContext } from './server-context.js';

export interface OpenLimits {
  /** Counts requests by address and user. */
  api: ApiLimits;
  /** Counts attempts to sign in and the like, across instances. */
  identity: IdentityGuard;
}

export async function openLimits(
  { environment, addressOf, log }: ServerContext,
  { database }: { database: Pick<OpenDatabase, 'directUrl'> },
  stack: CloseStack,
): Promise<OpenLimits> {
  const { role, rateLimitFactor: factor, redisUrl } = environment;
  if (factor > 1) log.warn({ factor }, 'rate limits are raised by RATE_LIMIT_FACTOR');
  // Worker-only processes serve no requests and need no Redis.
  const stores = await openLimitStores({
    redisUrl: role === 'worker' ? undefined : redisUrl,
    url: database.directUrl,
    log,
  });
  stack.add(stores.close);
  return {
    api: createApiLimits(factor, addressOf, stores.api),
    identity: createIdentityLimits(factor, stores.identity),
  };
}
