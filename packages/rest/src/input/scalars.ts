/** A text that did not turn into the asked value: it stays as it was, for a validator to refuse. */
export interface Misread {
  readonly message: string;
  readonly code: string;
}

export type Reading = { readonly value: unknown } | Misread;

/**
 * Told by the code that zod has for a value of another type, so that a program sees one fault over
 * every face.
 */
const misread = (message: string): Misread => ({ message, code: 'invalid_type' });

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const integer = /^-?\d+$/;
/** RFC 3339 §5.6 `date-time`, which is what `format: date-time` promises. */
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

export const readNumber = (text: string): Reading =>
  decimal.test(text) ? { value: Number(text) } : misread('Expected a number.');

export const readBigInt = (text: string): Reading =>
  integer.test(text) ? { value: BigInt(text) } : misread('Expected an integer.');

export const readBoolean = (text: string): Reading => {
  if (text === 'true' || text === '1') return { value: true };
  if (text === 'false' || text === '0') return { value: false };
  return misread('Expected true or false.');
};

export const readDate = (text: string): Reading => {
  const value = parseDateTime(text);
  return value ? { value } : misread('Expected a date and time such as 2026-01-31T12:00:00Z.');
};

/**
 * The instant of an RFC 3339 date-time; undefined for any other text, also for a day that no
 * calendar has.
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

/** `Date` takes 30 February for 1 March. */
const daysInMonth = (year: number, month: number) =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** The integer that a text in JSON stands for where the schema says bigint. */
export const parseBigInt = (text: string): bigint | undefined =>
  integer.test(text) ? BigInt(text) : undefined;
