import { createPool, type Pool, type PoolOptions } from '../client/pool.js';

/** Creates a pool without time limits, because a table may take long. */
export const createBackupPool = (
  options: Pick<PoolOptions, 'url' | 'applicationName' | 'size'>,
): Pool =>
  createPool({
    ...options,
    acquireMilliseconds: 0,
    statementMilliseconds: 0,
    lockMilliseconds: 0,
    idleInTransactionMilliseconds: 0,
  });
