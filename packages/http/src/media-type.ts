import type { IncomingMessage } from 'node:http';

/** The essence of a media type, and its charset: `application/json; charset=utf-8`. */
export interface MediaType {
  readonly essence: string;
  readonly charset: string | undefined;
}

export function parseMediaType(header: string): MediaType {
  const semicolon = header.indexOf(';');
  if (semicolon < 0) return { essence: header.trim().toLowerCase(), charset: undefined };
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(header)?.[1]?.toLowerCase();
  return { essence: header.slice(0, semicolon).trim().toLowerCase(), charset };
}

/**
 * Why the coding of a body is not supported, with the header of the answer that names what is (RFC
 * 9110 §15.5.16).
 */
export interface CodingFault {
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

const utf8Names: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);

/** Finds a body that is compressed, or in a charset other than UTF-8. */
export function findCodingFault(
  { headers }: IncomingMessage,
  { essence, charset }: MediaType,
): CodingFault | undefined {
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
