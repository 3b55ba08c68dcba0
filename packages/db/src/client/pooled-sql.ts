import pg from 'pg';
import {
  type BatchStatement,
  groupByKey,
  type KeyValue,
  toParameters,
  toValues,
} from './batch-statement.js';
import { createBatchedRead } from './batched-read.js';
import { sqlStateOf } from './driver-errors.js';
import { type Command, type Connection, type Rows, type Sql, type SqlValue, sqlOn } from './sql.js';

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
    rowsOfKey: createBatches(rowsOf, {
      maxWaitMilliseconds: pool.options.connectionTimeoutMillis,
      onBatch,
    }),
    run: async (command, values) => (await query(command, values)).rowCount ?? 0,
  });
}

type NamedTexts = Pick<BatchStatement<never, never>, 'name' | 'one' | 'many'>;

/** Creates one batched read for each statement, at its first use. */
function createBatches(
  rowsOf: Connection['rowsOf'],
  {
    maxWaitMilliseconds,
    onBatch,
  }: Pick<SqlOptions, 'onBatch'> & { maxWaitMilliseconds: number | undefined },
): Connection['rowsOfKey'] {
  const reads = new Map<string, (key: readonly KeyValue[]) => Rows>();
  const createRead = ({ name, one, many }: NamedTexts) =>
    createBatchedRead({
      async run(keys: readonly (readonly KeyValue[])[]) {
        const [key = []] = keys;
        const rows = await (keys.length === 1
          ? rowsOf(one, key)
          : rowsOf(many, toParameters(keys)));
        return groupByKey(name, rows, keys.length);
      },
      maxWaitMilliseconds,
      onStatement: (count) => onBatch?.(name, count),
    });
  return (statement, key) => {
    const read = reads.get(statement.name) ?? createRead(statement);
    reads.set(statement.name, read);
    return read(toValues(statement.columns, key));
  };
}
