import { z } from 'zod';

const loneSurrogate = /\p{Surrogate}/u;

/** Counts characters as JSON Schema does (code points), which is not how JavaScript measures a string. */
function hasLength(text: string, min: number, max: number): boolean {
  if (text.length < min || text.length > 2 * max) return false;
  const { length } = [...text];
  return length >= min && length <= max;
}

const bounded = (schema: z.ZodString, min: number, max: number) =>
  schema
    .refine((text) => !loneSurrogate.test(text), { error: 'Must not contain lone surrogates', abort: true })
    .refine((text) => hasLength(text, min, max), `Must have ${min} to ${max} characters`)
    .meta({ minLength: min, maxLength: max });

/** Text of `min` to `max` characters that PostgreSQL can store and JSON can carry: no U+0000, no lone surrogates. */
export const textSchema = (min: number, max: number) =>
  bounded(z.string().regex(/^[^\u0000]*$/, { error: 'Must not contain U+0000', abort: true }), min, max);

/** Text of a single line, trimmed, with something to see and `min` to `max` characters. */
export const lineSchema = (min: number, max: number) => {
  const line = /^[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$/;
  return bounded(
    z.string().trim().regex(line, { error: 'Must be one line, not blank, without control characters', abort: true }),
    min,
    max,
  );
};
