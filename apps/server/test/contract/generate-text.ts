import fc from 'fast-check';
import { isRecord } from './json.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

export const numberIn = (schema: JsonSchema, keyword: string, otherwise: number): number => {
  const value = schema[keyword];
  return typeof value === 'number' ? value : otherwise;
};

/** Several patterns of a text are in `allOf`. */
const patternsOf = ({ pattern, allOf }: JsonSchema): string[] => [
  ...(typeof pattern === 'string' ? [pattern] : []),
  ...(Array.isArray(allOf) ? allOf.filter(isRecord).flatMap(patternsOf) : []),
];

export function fitsText(schema: JsonSchema, text: string): boolean {
  if (
    text.length < numberIn(schema, 'minLength', 0) ||
    text.length > numberIn(schema, 'maxLength', Infinity)
  )
    return false;
  // The only format without a pattern.
  if (schema.format === 'uri' && !URL.canParse(text)) return false;
  return patternsOf(schema).every((pattern) => new RegExp(pattern, 'u').test(text));
}

/** Consecutive values that may fail a check. */
const maxFailures = 10_000;

/**
 * Limits values to those that pass a check. A plain filter would search forever if none does.
 * @throws Error with the hint, while generating, if no value passes.
 */
export function limitTo<T>(
  values: fc.Arbitrary<T>,
  passes: (value: T) => boolean,
  hint: string,
): fc.Arbitrary<T> {
  let failures = 0;
  return values.filter((value) => {
    const isPassing = passes(value);
    failures = isPassing ? 0 : failures + 1;
    if (failures < maxFailures) return isPassing;
    throw new Error(`None of ${maxFailures} generated values is valid: ${hint}`);
  });
}

const commonWords = [
  'git',
  'host',
  'a',
  'x-1',
  'Ann Berg',
  ' padded ',
  'äöü 💡',
  'a passphrase for tests',
  'ann@example.org',
  '2026-11-25T10:00:00.000Z',
];

const times = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  uri: fc.webUrl(),
  email: fc.emailAddress(),
  'date-time': times,
  date: times.map((time) => time.slice(0, 10)),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
};

/** Generates texts that a string schema accepts. */
export function validText(schema: JsonSchema, words: readonly string[]): fc.Arbitrary<string> {
  const fits = (text: string) => fitsText(schema, text);
  const long = 'x'.repeat(numberIn(schema, 'maxLength', 10));
  const fitting = [...words, ...commonWords, long].filter(fits);
  const hint = `extend generate-text.ts, or set \`inputs\` in the contract case. ${JSON.stringify(schema)}`;
  const random = limitTo(fc.oneof(...waysTo(schema)), fits, hint);
  return fitting.length === 0 ? random : fc.oneof(fc.constantFrom(...fitting), random);
}

/** Ways to generate a text; some of the texts may not fit. */
function waysTo(schema: JsonSchema): fc.Arbitrary<string>[] {
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined;
  if (format) return [format];
  const random = fc.string({
    minLength: numberIn(schema, 'minLength', 0),
    maxLength: Math.min(numberIn(schema, 'maxLength', 20), 20),
    unit: 'grapheme',
  });
  return [random, ...patternsOf(schema).flatMap(matching)];
}

/** Generates texts that match a pattern; nothing if fast-check does not support its syntax. */
function matching(pattern: string): fc.Arbitrary<string>[] {
  try {
    return [fc.stringMatching(new RegExp(pattern, 'u'))];
  } catch {
    return [];
  }
}
