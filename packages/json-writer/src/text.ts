/** Characters that JSON escapes, and lone surrogates among others. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Longest text that the engine searches faster than it escapes. */
const maxSearched = 256;

/** Writes a text as JSON, as `JSON.stringify` does. */
export const quote = (text: string): string =>
  text.length > maxSearched || special.test(text) ? JSON.stringify(text) : `"${text}"`;
