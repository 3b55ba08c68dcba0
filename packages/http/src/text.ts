import { isUtf8 } from 'node:buffer';

const byteOrderMark = 0xfeff;

/** The text without a leading byte order mark, which a JSON parser may ignore (RFC 8259 §8.1). */
export const withoutByteOrderMark = (text: string): string =>
  text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;

/** The bytes of a body as text without a byte order mark; undefined if they are not UTF-8. */
export function decodeUtf8(chunks: readonly Buffer[]): string | undefined {
  const [first] = chunks;
  if (first === undefined) return '';
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks);
  return isUtf8(bytes) ? withoutByteOrderMark(bytes.toString('utf8')) : undefined;
}
