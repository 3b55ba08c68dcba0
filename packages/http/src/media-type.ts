import type { IncomingMessage } from 'node:http';

/** Essence and charset of a media type such as `application/json; charset=utf-8`. */
export interface MediaType {
  readonly essence: string;
  readonly charset: string | undefined;
}

/** Parses a `Content-Type` header. Names are case-insensitive (RFC 9110 §8.3.1). */
export function parseMediaType(header: string): MediaType {
  const semicolon = header.indexOf(';');
  if (semicolon < 0) return { essence: header.trim().toLowerCase(), charset: undefined };
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(header)?.[1]?.toLowerCase();
  return { essence: header.slice(0, semicolon).trim().toLowerCase(), charset };
}

/**
 * Reason why a body's encoding is not supported, with the response header that names the supported
 * one (RFC 9110 §15.5.16).
 */
export interface UnsupportedCoding {
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

const utf8Names: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);

/** Checks the headers for a compressed body, or a charset other than UTF-8. */
export function findUnsupportedCoding(
  { headers }: IncomingMessage,
  { essence, charset }: MediaType,
): UnsupportedCoding | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return {
      message: 'Send the body without Content-Encoding.',
      headers: { 'accept-encoding': 'identity' },
    };
  if (charset !== undefined && !utf8Names.has(charset))
    return { message: 'Send the body in UTF-8.', headers: { accept: `${essence}; charset=utf-8` } };
  return undefined;
}
