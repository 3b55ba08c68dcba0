/** Text that cannot be converted. It stays unchanged and the schema rejects it. */
export interface ParseFailure {
  readonly message: string;
  readonly code: string;
}

export type ParseResult = { readonly value: unknown } | ParseFailure;

/** Uses zod's code for a wrong type, so that all transports report the same code. */
const parseFailure = (message: string): ParseFailure => ({ message, code: 'invalid_type' });

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const integer = /^-?\d+$/;
/** RFC 3339 §5.6 `date-time`, as documented with `format: date-time`. */
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

export const readNumber = (text: string): ParseResult =>
  decimal.test(text) ? { value: Number(text) } : parseFailure('Expected a number.');

export const readBigInt = (text: string): ParseResult =>
  integer.test(text) ? { value: BigInt(text) } : parseFailure('Expected an integer.');

export const readBoolean = (text: string): ParseResult => {
  if (text === 'true' || text === '1') return { value: true };
  if (text === 'false' || text === '0') return { value: false };
  return parseFailure('Expected true or false.');
};

export const readDate = (text: string): ParseResult => {
  const value = parseDateTime(text);
  return value ? { value } : parseFailure('Expected a date and time such as 2026-01-31T12:00:00Z.');
};

/**
 * Parses an RFC 3339 date-time. Returns undefined for any other text, and for dates that do not
 * exist.
 */
export function parseDateTime(text: string): Date | undefined {
  if (!dateTime.test(text)) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  return Number(text.slice(8, 10)) <=
    daysInMonth(Number(text.slice(0, 4)), Number(text.slice(5, 7)))
    ? date
    : undefined;
}

/** Needed because `Date` accepts 30 February as 1 March. */
const daysInMonth = (year: number, month: number) =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** Parses a bigint from JSON text. */
export const parseBigInt = (text: string): bigint | undefined =>
  integer.test(text) ? BigInt(text) : undefined;
