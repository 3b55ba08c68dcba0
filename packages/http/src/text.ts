import { isUtf8 } from 'node:buffer';

const byteOrderMark = 0xfeff;

/** Removes a leading byte order mark, which a JSON parser may ignore (RFC 8259 §8.1). */
export const withoutByteOrderMark = (text: string): string =>
  text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;

/** Decodes a body as UTF-8 without a byte order mark. Returns undefined if it is not UTF-8. */
export function decodeUtf8(chunks: readonly Buffer[]): string | undefined {
  const [first] = chunks;
  if (first === undefined) return '';
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks);
  return isUtf8(bytes) ? withoutByteOrderMark(bytes.toString('utf8')) : undefined;
}
