import type { Row } from './row.js';

export type KeyValue = string | number | null;
export type Key<C extends string> = Readonly<Record<C, KeyValue>>;

/** A prepared query for one or more keys, with a reader for its rows. */
export interface BatchStatement<C extends string, T> {
  command: { name: string; text: string };
  /** Columns of a key, in the order of the parameters. */
  columns: readonly C[];
  read: (row: Row) => T;
}

export interface BatchStatementOptions<C extends string, T> {
  /** Must be unique to this text. */
  name: string;
  /** Columns of a key and their types. */
  key: Record<C, 'int' | 'text' | 'uuid'>;
  /**
   * Returns the statement. `keys` is the table `k` of the keys, with the column `n` in addition,
   * which the statement must select. Order lists by `k.n` first.
   */
  text: (keys: string) => string;
  read: (row: Row) => T;
}

/**
 * Creates a statement whose parameters are one array for each column of a key.
 *
 * The arrays are hidden in sub-selects, so that the planner expects ten keys in every case. If it
 * saw one key, it would consider the general plan more expensive and plan each execution again.
 * With many keys it would scan the whole table.
 */
export function batchStatement<C extends string, T>({
  name,
  key,
  text,
  read,
}: BatchStatementOptions<C, T>): BatchStatement<C, T> {
  const types: [string, string][] = Object.entries(key);
  const columns = Object.keys(key).filter((column): column is C => column in key);
  const arrays = types.map(([, type], index) => `(SELECT $${index + 1}::${type}[])`);
  const keys = `unnest(${arrays.join(', ')}) WITH ORDINALITY AS k(${columns.join(', ')}, n)`;
  return { command: { name, text: text(keys) }, columns, read };
}

/** Converts a key to the values of its columns. */
export const toValues = <C extends string>(columns: readonly C[], key: Key<C>): KeyValue[] =>
  columns.map((column) => key[column]);

/** Converts keys, given as values, to one array for each column. */
export const toParameters = (keys: readonly (readonly KeyValue[])[]): KeyValue[][] =>
  (keys[0] ?? []).map((_, column) => keys.map((values) => values[column] ?? null));

/** Distributes rows to their keys by the column `n`, which counts from 1. */
export function groupByKey<R extends Readonly<Record<string, unknown>>>(
  statement: string,
  rows: readonly R[],
  keys: number,
): R[][] {
  const groups = Array.from({ length: keys }, (): R[] => []);
  for (const row of rows) {
    const group = groups[Number(row.n) - 1];
    if (group === undefined)
      throw new TypeError(`Statement ${statement}: column n should be the position of a key`);
    group.push(row);
  }
  return groups;
}
