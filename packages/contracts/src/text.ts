import { z } from 'zod';

/*
 * The length is checked before any expression runs, and each expression is linear in it: for every
 * character only one of its parts can match, so that there is nothing to try again.
 */

const loneSurrogate = /\p{Surrogate}/u;
const withoutNull = /^[^\u0000]*$/;
/** Spaces, then a visible character, then anything but control characters. */
const visibleLine = /^[^\S\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$/;

/**
 * Line breaks and control characters beyond ASCII. Bidirectional controls can disguise a text (UTS
 * #55).
 */
const unsafeInLine = /[\u0080-\u009f\u2028\u2029]|\p{Bidi_Control}/u;
/** A visible character: no space, no control and none that is drawn as nothing. */
const visible = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Counts code points, as JSON Schema does; `length` of a string counts UTF-16 units. */
function hasLength(text: string, min: number, max: number): boolean {
  if (text.length < min || text.length > 2 * max) return false;
  const { length } = [...text];
  return length >= min && length <= max;
}

const bounded = (schema: z.ZodString, min: number, max: number) =>
  schema
    .refine((text) => hasLength(text, min, max), {
      error: `Must have ${min} to ${max} characters`,
      abort: true,
    })
    .refine((text) => !loneSurrogate.test(text), {
      error: 'Must not contain lone surrogates',
      abort: true,
    });

/**
 * Text of `min` to `max` characters without U+0000 and lone surrogates, which PostgreSQL and JSON
 * reject.
 */
export const textSchema = (min: number, max: number) =>
  bounded(z.string(), min, max)
    .regex(withoutNull, { error: 'Must not contain U+0000', abort: true })
    .meta({ minLength: min, maxLength: max });

const notALine = 'Must be one line, not blank, without control characters';

/** A trimmed, visible line of `min` to `max` characters. */
export const lineSchema = (min: number, max: number) =>
  bounded(z.string().trim(), min, max)
    .regex(visibleLine, { error: notALine, abort: true })
    .refine((text) => visible.test(text) && !unsafeInLine.test(text), {
      error: notALine,
      abort: true,
    })
    .meta({ minLength: min, maxLength: max });
