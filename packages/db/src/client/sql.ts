import pg from 'pg';
import type { Db } from './database.js';
import { sqlStateOf } from './driver-errors.js';
import { type Row, readerOf } from './row.js';

/**
 * A hot statement: prepared once on each connection, under a name that must belong to this text
 * alone.
 */
export interface Command {
  name: string;
  text: string;
}

/** A hot read. */
export interface Statement<T> extends Command {
  read: (row: Row) => T;
}

export type SqlValue =
  | string
  | number
  | boolean
  | bigint
  | Date
  | Uint8Array
  | null
  | readonly (string | number | boolean | null)[];

/**
 * Statements that bypass Prisma where speed counts. Each runs by itself on a connection of the
 * pool, never in a transaction.
 */
export interface Sql {
  /** The first row, or `null`. */
  one<T>(statement: Statement<T>, values: readonly SqlValue[]): Promise<T | null>;
  many<T>(statement: Statement<T>, values: readonly SqlValue[]): Promise<T[]>;
  /** Runs a write. @returns the number of rows that it changed */
  run(command: Command, values: readonly SqlValue[]): Promise<number>;
}

/**
 * After a migration a prepared plan may no longer fit ("cached plan must not change result type");
 * a new connection has none.
 */
function isStalePlan(error: unknown): boolean {
  // By the routine that reports it: the message is in the server's language.
  return (
    sqlStateOf(error) === '0A000' &&
    error instanceof pg.DatabaseError &&
    error.routine === 'RevalidateCachedQuery'
  );
}

/** The same statements inside a transaction, where Prisma holds the connection. */
export function sqlWithin(db: Db): Sql {
  const rowsOf = ({ text }: { text: string }, values: readonly SqlValue[]) =>
    db.$queryRawUnsafe<Record<string, unknown>[]>(text, ...values);
  return {
    async one(statement, values) {
      const [row] = await rowsOf(statement, values);
      return row ? statement.read(readerOf(statement.name, row)) : null;
    },
    async many(statement, values) {
      const rows = await rowsOf(statement, values);
      return rows.map((row) => statement.read(readerOf(statement.name, row)));
    },
    run: ({ text }, values) => db.$executeRawUnsafe(text, ...values),
  };
}

/**
 * @param prepared false sends each statement without a name: behind a transaction pooler the next
 * connection does not know it.
 */
export function createSql(pool: pg.Pool, prepared = true): Sql {
  async function query(
    { name, text }: Command,
    values: readonly SqlValue[],
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    // pool.query() closes a connection whose query failed, so each try meets one stale connection
    // less.
    for (let left = pool.options.max ?? 10; ; left -= 1) {
      try {
        return await pool.query<Record<string, unknown>>({
          name: prepared ? name : undefined,
          text,
          values: [...values],
        });
      } catch (error) {
        if (left === 0 || !isStalePlan(error)) throw error;
      }
    }
  }
  return {
    async one({ name, text, read }, values) {
      const [row] = (await query({ name, text }, values)).rows;
      return row ? read(readerOf(name, row)) : null;
    },
    async many({ name, text, read }, values) {
      const { rows } = await query({ name, text }, values);
      return rows.map((row) => read(readerOf(name, row)));
    },
    run: async (command, values) => (await query(command, values)).rowCount ?? 0,
  };
}
