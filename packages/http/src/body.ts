import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.js';
import { decodeUtf8 } from './text.js';

/** True if the headers announce a body (RFC 9112 §6.3), which may still be empty. */
export const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** True if Content-Length exceeds the limit. */
export const announcesMoreThan = ({ headers }: IncomingMessage, limit: number): boolean =>
  Number(headers['content-length'] ?? 0) > limit;

/** Error of a body over its limit in bytes. */
export const bodyTooLarge = (limit: number) =>
  new RequestError('PAYLOAD_TOO_LARGE', `The body is larger than ${limit} bytes.`);

/** Error of a body that is not UTF-8. */
export const bodyNotUtf8 = () => new RequestError('BAD_REQUEST', 'The body is not valid UTF-8.');

/** Error if the client disconnects while its body is read. It cannot be sent. */
export const bodyCutShort = () =>
  new RequestError('CLIENT_CLOSED_REQUEST', 'The client disconnected before its body was read.');

/**
 * Reads a whole body as text, without a byte order mark. Buffers at most `limit` bytes, and stops
 * reading past them.
 * @throws RequestError `PAYLOAD_TOO_LARGE` past `limit` bytes (immediately if Content-Length exceeds
 *   it), `BAD_REQUEST` if it is not UTF-8, `CLIENT_CLOSED_REQUEST` if it ends early.
 */
export function readText(req: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (announcesMoreThan(req, limit)) return reject(bodyTooLarge(limit));
    if (req.destroyed && !req.complete) return reject(bodyCutShort());
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = () =>
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      stop();
      req.pause();
      reject(bodyTooLarge(limit));
    };
    const onEnd = () => {
      stop();
      const text = decodeUtf8(chunks);
      if (text === undefined) reject(bodyNotUtf8());
      else resolve(text);
    };
    const onClose = () => {
      stop();
      reject(bodyCutShort());
    };
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
