import type { Row } from './row.js';

export type KeyValue = string | number | null;
export type Key<C extends string> = Readonly<Record<C, KeyValue>>;

interface NamedText {
  name: string;
  text: string;
}

/** A query by key with a reader for its rows. One key and many have a prepared statement each. */
export interface BatchStatement<C extends string, T> {
  name: string;
  /** Takes the values of one key. */
  one: NamedText;
  /** Takes one array for each column of a key. */
  many: NamedText;
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
 * Creates the two statements of a query by key. The one for a single key is planned like a query
 * with plain parameters.
 *
 * The arrays of the other are hidden in sub-selects, so that the planner expects ten keys in every
 * case. If it saw two keys, it would consider the general plan more expensive and plan each
 * execution again. With a hundred it would scan the whole table.
 */
export function batchStatement<C extends string, T>({
  name,
  key,
  text,
  read,
}: BatchStatementOptions<C, T>): BatchStatement<C, T> {
  const types: [string, string][] = Object.entries(key);
  const columns = Object.keys(key).filter((column): column is C => column in key);
  const values = types.map(([column, type], index) => `$${index + 1}::${type} AS ${column}`);
  const arrays = types.map(([, type], index) => `(SELECT $${index + 1}::${type}[])`);
  const oneKey = `(SELECT ${values.join(', ')}, 1 AS n) AS k`;
  const manyKeys = `unnest(${arrays.join(', ')}) WITH ORDINALITY AS k(${columns.join(', ')}, n)`;
  return {
    name,
    one: { name, text: text(oneKey) },
    many: { name: `${name}_many`, text: text(manyKeys) },
    columns,
    read,
  };
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
