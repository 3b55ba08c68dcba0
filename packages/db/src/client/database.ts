import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/client.js';
import { schemaOf } from './connection.js';
import { createPool, type Pool, type PoolOptions } from './pool.js';
import { createSql, type Sql } from './sql.js';

/** What a repository gets: the client itself or one bound to a transaction. */
export interface Db extends Prisma.TransactionClient {}

export interface TransactionOptions {
  isolation?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** The whole transaction; rolled back after that. 10 s by default. */
  milliseconds?: number;
}

export interface Database {
  db: Db;
  sql: Sql;
  /** The pool below both, for what neither offers. */
  pool: Pool;
  /** Runs all or nothing; the connection is taken for as long as `run` takes. */
  transaction<T>(run: (db: Db) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Resolves when the database answers; rejects within the limits of the pool. */
  ping(): Promise<void>;
  /**
   * False if the server takes no changes: then its connections are closed, so that the next ones
   * may find the primary.
   */
  isWritable(): Promise<boolean>;
  /** Waits for what runs, then closes all connections. */
  close(): Promise<void>;
}

export type DatabaseOptions = PoolOptions;

/** Connects lazily: a database that is away is reported by the first call, not here. */
export function createDatabase(options: DatabaseOptions): Database {
  const pool = createPool(options);
  const adapter = new PrismaPg(pool, { schema: schemaOf(options.url) });
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal', log: [] });
  const maxWait = options.acquireMilliseconds || 2_000;
  return {
    db: prisma,
    sql: createSql(pool, options.pooler !== 'transaction'),
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
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
