import type { IncomingMessage } from 'node:http';
import { decodeUtf8, findUnsupportedCoding, type MediaType } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { HttpError } from '../response/http-error.js';

/** A request with the properties that Express adds. */
export interface RestIncoming extends IncomingMessage {
  /** Full URL if Express mounts the handler below a path. */
  originalUrl?: string;
  /** Set if a body parser ran earlier. */
  body?: unknown;
}

/** True for `application/json` and types with the suffix `+json` (RFC 6839 §3.1). */
export const isJsonType = (essence: string): boolean =>
  essence === 'application/json' ||
  (essence.startsWith('application/') && essence.endsWith('+json'));

export const formType = 'application/x-www-form-urlencoded';
export const multipartType = 'multipart/form-data';

/** Rejects a body with a content encoding, or in a charset other than UTF-8. */
export function checkEncoding(req: IncomingMessage, type: MediaType): void {
  const unsupported = findUnsupportedCoding(req, type);
  if (unsupported)
    throw new HttpError('UNSUPPORTED_MEDIA_TYPE', unsupported.message, unsupported.headers);
}

/** Error for a body over its limit. */
export const bodyTooLargeError = (limit: number) =>
  new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: `The body is larger than ${limit} bytes.` });

export const notUtf8 = () =>
  new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid UTF-8.' });

/** Error if the client disconnects while its body is read. It is never sent. */
export const clientClosedError = () =>
  new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'The client closed the request.' });

/**
 * Reads a whole body as text, without a byte order mark.
 * @throws TRPCError `PAYLOAD_TOO_LARGE` past `limit` bytes (immediately if Content-Length exceeds
 *   it), `BAD_REQUEST` if it is not UTF-8, `CLIENT_CLOSED_REQUEST` if it ends early.
 */
export function readText(req: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > limit) return reject(bodyTooLargeError(limit));
    if (req.destroyed && !req.complete) return reject(clientClosedError());
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
      end(() => reject(bodyTooLargeError(limit)));
    };
    const onEnd = () =>
      end(() => {
        const text = decodeUtf8(chunks);
        if (text === undefined) reject(notUtf8());
        else resolve(text);
      });
    const onClose = () => end(() => reject(clientClosedError()));
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** Parses JSON. Throws `BAD_REQUEST` without the parser's message, which quotes the body. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid JSON.' });
  }
}
