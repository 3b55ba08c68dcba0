import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';
import { HttpError } from '../answer/http-error.js';

/** A request, with what Express adds to it. */
export interface RestIncoming extends IncomingMessage {
  /** The whole path where the handler is mounted below one. */
  originalUrl?: string;
  /** Set where a body parser ran before us. */
  body?: unknown;
}

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

/** `application/json`, and what is built on it (RFC 6839 §3.1). */
export const isJsonType = (essence: string): boolean =>
  essence === 'application/json' || (essence.startsWith('application/') && essence.endsWith('+json'));

export const formType = 'application/x-www-form-urlencoded';
export const multipartType = 'multipart/form-data';

/** Refuses a body that is encoded, or in a charset other than UTF-8. */
export function checkEncoding(req: IncomingMessage, type: MediaType): void {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new HttpError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without Content-Encoding.', { 'accept-encoding': 'identity' });
  }
  if (type.charset !== undefined && type.charset !== 'utf-8' && type.charset !== 'utf8' && type.charset !== 'us-ascii') {
    throw new HttpError('UNSUPPORTED_MEDIA_TYPE', 'Send the body in UTF-8.', { accept: `${type.essence}; charset=utf-8` });
  }
}

/** A body over its limit. */
export const tooLarge = (limit: number) =>
  new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: `The body is larger than ${limit} bytes.` });

/** The client went away while its body was read: nobody waits for an answer. */
export const clientGone = () => new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'The client closed the request.' });

/**
 * Reads a whole body as text. Throws `PAYLOAD_TOO_LARGE` past `limit` bytes – at once where Content-Length says so –,
 * `BAD_REQUEST` where it is not UTF-8, and `CLIENT_CLOSED_REQUEST` where it ends early.
 */
export function readText(req: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit));
    if (req.destroyed && !req.complete) return reject(clientGone());
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (settle: () => void) => {
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      settle();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      req.pause();
      end(() => reject(tooLarge(limit)));
    };
    const onEnd = () => end(() => resolveText(chunks, size, resolve, reject));
    const onClose = () => end(() => reject(clientGone()));
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

function resolveText(chunks: Buffer[], size: number, resolve: (text: string) => void, reject: (error: Error) => void): void {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks, size);
  if (isUtf8(bytes)) resolve(bytes.toString('utf8'));
  else reject(new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid UTF-8.' }));
}

/** Throws `BAD_REQUEST` without the parser's words, which quote the body. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid JSON.' });
  }
}
