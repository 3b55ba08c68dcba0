import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/client.js';
import { schemaOf } from './connection.js';
import type { Db } from './db.js';
import { createPool, type Pool, type PoolOptions } from './pool.js';
import { createSql, type SqlOptions } from './pooled-sql.js';
import type { Sql } from './sql.js';

export interface TransactionOptions {
  isolation?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** Time limit of the whole transaction, which is rolled back when it expires. @default 10_000 */
  milliseconds?: number;
}

export interface Database {
  db: Db;
  sql: Sql;
  /** The underlying pool, for operations that `db` and `sql` do not offer. */
  pool: Pool;
  /** Runs `run` in one transaction and holds a connection until it settles. */
  transaction<T>(run: (db: Db) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Resolves when the database responds. Rejects within the limits of the pool. */
  ping(): Promise<void>;
  /**
   * False if the server is read-only. Then also discards all connections, so that new ones can
   * reach the primary.
   */
  isWritable(): Promise<boolean>;
  /** Waits for running queries, then closes all connections. */
  close(): Promise<void>;
}

export type DatabaseOptions = PoolOptions & Pick<SqlOptions, 'onBatch'>;

/** Connects lazily: an unreachable database fails the first call, not this function. */
export function createDatabase(options: DatabaseOptions): Database {
  const pool = createPool(options);
  const adapter = new PrismaPg(pool, { schema: schemaOf(options.url) });
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal', log: [] });
  const maxWait = options.acquireMilliseconds || 2_000;
  return {
    db: prisma,
    sql: createSql(pool, {
      prepared: options.pooler !== 'transaction',
      onBatch: options.onBatch,
    }),
    pool,
    transaction: (run, { isolation, milliseconds = 10_000 } = {}) =>
      prisma.$transaction(run, {
        maxWait,
        timeout: milliseconds,
        ...(isolation && { isolationLevel: isolation }),
      }),
    async ping() {
      await pool.query('SELECT 1');
    },
    async isWritable() {
      const { rows } = await pool.query<{ writable: boolean }>(
        "SELECT current_setting('transaction_read_only') = 'off' AS writable",
      );
      const isWritable = rows[0]?.writable === true;
      if (!isWritable) pool.discardConnections();
      return isWritable;
    },
    async close() {
      try {
        await prisma.$disconnect();
      } finally {
        await pool.end();
      }
    },
  };
}
