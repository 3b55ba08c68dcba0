import pg from 'pg';
import {
  type BatchStatement,
  groupByKey,
  type Key,
  type KeyValue,
  toParameters,
  toValues,
} from './batch-statement.js';
import { createBatchedRead } from './batched-read.js';
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

type RawRow = Readonly<Record<string, unknown>>;
type Rows = Promise<readonly RawRow[]>;

/** Operations that differ between the pool and a transaction. */
interface Connection {
  rowsOf(command: Command, values: readonly SqlValue[]): Rows;
  rowsOfKey<C extends string>(statement: BatchStatement<C, unknown>, key: Key<C>): Rows;
  run: Sql['run'];
}

function sqlOn({ rowsOf, rowsOfKey, run }: Connection): Sql {
  return {
    async oneByKey(statement, key) {
      const [row] = await rowsOfKey(statement, key);
      return row ? statement.read(readerOf(statement.command.name, row)) : null;
    },
    async manyByKey(statement, key) {
      const rows = await rowsOfKey(statement, key);
      return rows.map((row) => statement.read(readerOf(statement.command.name, row)));
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
    rowsOfKey: ({ command, columns }, key) =>
      rowsOf(command, toParameters([toValues(columns, key)])),
    run: ({ text }, values) => db.$executeRawUnsafe(text, ...values),
  });
}

export interface SqlOptions {
  /**
   * False sends statements without a name. Required behind a transaction pooler, whose next
   * connection does not know the name.
   * @default true
   */
  prepared?: boolean;
  /** Called for each statement of `oneByKey` and `manyByKey`, with the reads that it answers. */
  onBatch?: ((statement: string, reads: number) => void) | undefined;
}

export function createSql(pool: pg.Pool, { prepared = true, onBatch }: SqlOptions = {}): Sql {
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
  const rowsOf = async (command: Command, values: readonly SqlValue[]) =>
    (await query(command, values)).rows;
  return sqlOn({
    rowsOf,
    rowsOfKey: createBatches(rowsOf, onBatch),
    run: async (command, values) => (await query(command, values)).rowCount ?? 0,
  });
}

/** Creates one batched read for each statement, at its first use. */
function createBatches(
  rowsOf: Connection['rowsOf'],
  onBatch: SqlOptions['onBatch'],
): Connection['rowsOfKey'] {
  const reads = new Map<string, (key: readonly KeyValue[]) => Rows>();
  const createRead = (command: Command) =>
    createBatchedRead({
      run: async (keys: readonly (readonly KeyValue[])[]) =>
        groupByKey(command.name, await rowsOf(command, toParameters(keys)), keys.length),
      onStatement: (count) => onBatch?.(command.name, count),
    });
  return ({ command, columns }, key) => {
    const read = reads.get(command.name) ?? createRead(command);
    reads.set(command.name, read);
    return read(toValues(columns, key));
  };
}
