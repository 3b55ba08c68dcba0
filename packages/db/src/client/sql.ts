import { type BatchStatement, type Key, toValues } from './batch-statement.js';
import type { Db } from './db.js';
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
  /**
   * Returns the first row of a key, or `null`. Reads that wait together share one statement; inside
   * a transaction each has its own. See `createBatchedRead` for the guarantees.
   */
  oneByKey<C extends string, T>(
    statement: BatchStatement<C, T>,
    key: NoInfer<Key<C>>,
  ): Promise<T | null>;
  /** Returns all rows of a key, in the order of the statement. Shares statements as `oneByKey`. */
  manyByKey<C extends string, T>(
    statement: BatchStatement<C, T>,
    key: NoInfer<Key<C>>,
  ): Promise<T[]>;
  /** Returns the first row, or `null`. */
  one<T>(statement: Statement<T>, values: readonly SqlValue[]): Promise<T | null>;
  many<T>(statement: Statement<T>, values: readonly SqlValue[]): Promise<T[]>;
  /** Runs a write and returns the number of rows that it changed. */
  run(command: Command, values: readonly SqlValue[]): Promise<number>;
}

type RawRow = Readonly<Record<string, unknown>>;
export type Rows = Promise<readonly RawRow[]>;

/** Operations that differ between the pool and a transaction. */
export interface Connection {
  rowsOf(command: Command, values: readonly SqlValue[]): Rows;
  rowsOfKey<C extends string>(statement: BatchStatement<C, unknown>, key: Key<C>): Rows;
  run: Sql['run'];
}

/** Adds the readers of statements to a connection. */
export function sqlOn({ rowsOf, rowsOfKey, run }: Connection): Sql {
  return {
    async oneByKey(statement, key) {
      const [row] = await rowsOfKey(statement, key);
      return row ? statement.read(readerOf(statement.name, row)) : null;
    },
    async manyByKey(statement, key) {
      const rows = await rowsOfKey(statement, key);
      return rows.map((row) => statement.read(readerOf(statement.name, row)));
    },
    async one(statement, values) {
      const [row] = await rowsOf(statement, values);
      return row ? statement.read(readerOf(statement.name, row)) : null;
    },
    async many(statement, values) {
      const rows = await rowsOf(statement, values);
      return rows.map((row) => statement.read(readerOf(statement.name, row)));
    },
    run,
  };
}

/** Runs the same statements inside a transaction, on Prisma's connection. */
export function sqlWithin(db: Db): Sql {
  const rowsOf = ({ text }: Command, values: readonly SqlValue[]) =>
    db.$queryRawUnsafe<RawRow[]>(text, ...values);
  return sqlOn({
    rowsOf,
    rowsOfKey: ({ one, columns }, key) => rowsOf(one, toValues(columns, key)),
    run: ({ text }, values) => db.$executeRawUnsafe(text, ...values),
  });
}
