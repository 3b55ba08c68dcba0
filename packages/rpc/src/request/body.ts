import type { IncomingMessage } from 'node:http';
import { decodeUtf8 } from '@synap/http';
import { TRPCError } from '@trpc/server';
import type { RpcIncoming } from '../options.js';

/** True if middleware has already read the body. */
export const isBodyRead = (req: RpcIncoming): boolean =>
  req.body !== undefined || req.readableEnded;

/** True if Content-Length exceeds the limit. */
export const announcesMoreThan = ({ headers }: IncomingMessage, limit: number): boolean =>
  Number(headers['content-length'] ?? 0) > limit;

/**
 * Reads the body as text, without a byte order mark, as `Request.text()` does. Buffers at most
 * `limit` bytes.
 * @throws TRPCError `PAYLOAD_TOO_LARGE` as soon as it exceeds the limit, `BAD_REQUEST` if it is not
 *   UTF-8.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      stop();
      req.pause();
      reject(new TRPCError({ code: 'PAYLOAD_TOO_LARGE' }));
    };
    const onEnd = () => {
      stop();
      const text = decodeUtf8(chunks);
      if (text === undefined)
        reject(new TRPCError({ code: 'BAD_REQUEST', message: 'The body is not valid UTF-8.' }));
      else resolve(text);
    };
    const onGone = () => {
      stop();
      reject(
        new TRPCError({
          code: 'CLIENT_CLOSED_REQUEST',
          message: 'The client disconnected before its body was read.',
        }),
      );
    };
    const stop = () =>
      req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
    req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}
