import type { IncomingMessage } from 'node:http';
import { decodeUtf8, findCodingFault, type MediaType } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { HttpError } from '../answer/http-error.js';

/** A request, with what Express adds to it. */
export interface RestIncoming extends IncomingMessage {
  /** The whole path where the handler is mounted below one. */
  originalUrl?: string;
  /** Set where a body parser ran before us. */
  body?: unknown;
}

/** `application/json`, and what is built on it (RFC 6839 §3.1). */
export const isJsonType = (essence: string): boolean =>
  essence === 'application/json' ||
  (essence.startsWith('application/') && essence.endsWith('+json'));

export const formType = 'application/x-www-form-urlencoded';
export const multipartType = 'multipart/form-data';

/** Refuses a body that is encoded, or in a charset other than UTF-8. */
export function checkEncoding(req: IncomingMessage, type: MediaType): void {
  const fault = findCodingFault(req, type);
  if (fault) throw new HttpError('UNSUPPORTED_MEDIA_TYPE', fault.message, fault.headers);
}

/** A body over its limit. */
export const tooLarge = (limit: number) =>
  new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: `The body is larger than ${limit} bytes.` });

export const notUtf8 = () =>
  new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid UTF-8.' });

/** The client went away while its body was read: nobody waits for an answer. */
export const clientGone = () =>
  new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'The client closed the request.' });

/**
 * Reads a whole body as text, without a byte order mark. Throws `PAYLOAD_TOO_LARGE` past `limit`
 * bytes – at once where Content-Length says so –, `BAD_REQUEST` where it is not UTF-8, and
 * `CLIENT_CLOSED_REQUEST` where it ends early.
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
    const onEnd = () =>
      end(() => {
        const text = decodeUtf8(chunks);
        if (text === undefined) reject(notUtf8());
        else resolve(text);
      });
    const onClose = () => end(() => reject(clientGone()));
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** Throws `BAD_REQUEST` without the parser's words, which quote the body. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid JSON.' });
  }
}
