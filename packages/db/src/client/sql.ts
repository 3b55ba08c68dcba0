import pg from 'pg';
import type { Db } from './db.js';
import { sqlStateOf } from './driver-errors.js';
import { type Row, readerOf } from './row.js';

/** A raw statement that is prepared once per connection. Its name must be unique to this text. */
export interface Command {
  name: string;
  text: string;
}

/** A raw query with a reader for its rows. */
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
 * Runs raw statements without Prisma, for frequent queries. Each runs on a pooled connection, never
 * in a transaction.
 */
export interface Sql {
  /** Returns the first row, or `null`. */
  one<T>(statement: Statement<T>, values: readonly SqlValue[]): Promise<T | null>;
  many<T>(statement: Statement<T>, values: readonly SqlValue[]): Promise<T[]>;
  /** Runs a write and returns the number of rows that it changed. */
  run(command: Command, values: readonly SqlValue[]): Promise<number>;
}

/**
 * True if a migration invalidated a prepared plan ("cached plan must not change result type"). A
 * new connection has no such plan.
 */
function isStalePlan(error: unknown): boolean {
  // Check the routine, because the message is in the server's language.
  return (
    sqlStateOf(error) === '0A000' &&
    error instanceof pg.DatabaseError &&
    error.routine === 'RevalidateCachedQuery'
  );
}

/** Runs the same statements inside a transaction, on Prisma's connection. */
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
 * @param prepared false sends statements without a name. Required behind a transaction pooler,
 * whose next connection does not know the name.
 */
export function createSql(pool: pg.Pool, prepared = true): Sql {
  async function query(
    { name, text }: Command,
    values: readonly SqlValue[],
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    // pool.query() closes a connection whose query failed, so each attempt removes one stale
    // connection.
    for (let attemptsLeft = pool.options.max ?? 10; ; attemptsLeft -= 1) {
      try {
        return await pool.query<Record<string, unknown>>({
          name: prepared ? name : undefined,
          text,
          values: [...values],
        });
      } catch (error) {
        if (attemptsLeft === 0 || !isStalePlan(error)) throw error;
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
