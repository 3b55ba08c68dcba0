import type { IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';
import type { RpcIncoming } from '../options.js';

/** Whether middleware before us has read the body. */
export const isBodyRead = (req: RpcIncoming): boolean => req.body !== undefined || req.readableEnded;

/** Whether the announced length alone says that the body is too large. */
export const announcesMoreThan = ({ headers }: IncomingMessage, limit: number): boolean =>
  Number(headers['content-length'] ?? 0) > limit;

/** The body as text. Rejects with `PAYLOAD_TOO_LARGE` as soon as it passes the limit (bytes), holding no more than that. */
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
      resolve(decode(chunks));
    };
    const onGone = () => {
      stop();
      reject(new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'The client went away before its body was read.' }));
    };
    const stop = () => req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
    req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

/** As `Request.text()` does, a byte order mark is left out. */
function decode(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  if (first === undefined) return '';
  const text = (chunks.length === 1 ? first : Buffer.concat(chunks)).toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
