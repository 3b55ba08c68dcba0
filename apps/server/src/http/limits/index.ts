export { type ApiLimits, createApiLimits, maxBatchSize } from './api-limits.js';
export { reportLimit } from './headers.js';
export { createIdentityLimits } from './identity-limits.js';
export { type LimitStores, openLimitStores } from './open-stores.js';
export { purgeRateLimits } from './purge.js';
