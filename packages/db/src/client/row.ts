/**
 * One row of a raw statement. Its methods check the types that the database sent, so that readers
 * need no casts.
 */
export interface Row {
  text(column: string): string;
  textOrNull(column: string): string | null;
  number(column: string): number;
  numberOrNull(column: string): number | null;
  boolean(column: string): boolean;
  date(column: string): Date;
  dateOrNull(column: string): Date | null;
  bytes(column: string): Uint8Array;
  /** A json or jsonb column. Parse it with its schema. */
  json(column: string): unknown;
  /**
   * JSON that the statement builds from typed columns (`json_agg`, `json_build_object`). The type
   * is trusted, because the statement defines it.
   */
  composed<T>(column: string): T;
}

/** Creates a row reader; `statement` is named in its errors. */
export function readerOf(statement: string, values: Readonly<Record<string, unknown>>): Row {
  function read<T>(column: string, expected: string, is: (value: unknown) => value is T): T {
    const value = values[column];
    if (is(value)) return value;
    const found = value === null ? 'null' : column in values ? typeof value : 'no such column';
    throw new TypeError(
      `Statement ${statement}: column ${column} should be ${expected}, not ${found}`,
    );
  }
  return {
    text: (column) => read(column, 'text', isText),
    textOrNull: (column) => (values[column] === null ? null : read(column, 'text', isText)),
    number: (column) => read(column, 'a number', isNumber),
    numberOrNull: (column) => (values[column] === null ? null : read(column, 'a number', isNumber)),
    boolean: (column) => read(column, 'a boolean', isBoolean),
    date: (column) => read(column, 'a timestamp', isDate),
    dateOrNull: (column) => (values[column] === null ? null : read(column, 'a timestamp', isDate)),
    bytes: (column) => read(column, 'bytea', isBytes),
    json: (column) => read(column, 'json', isPresent),
    composed: <T>(column: string) =>
      read(column, 'json', (value): value is T => typeof value === 'object'),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isDate = (value: unknown): value is Date => value instanceof Date;
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
const isPresent = (value: unknown): value is unknown => value !== undefined;
