import type { ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { toProblem } from '../problem.js';

/**
 * Ends a request whose error cannot be described, because a hook threw: with 500, or by closing the
 * connection if a response has begun.
 */
export function sendServerError(res: ServerResponse): void {
  if (res.writableEnded || res.destroyed) return;
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const body = JSON.stringify(toProblem(new TRPCError({ code: 'INTERNAL_SERVER_ERROR' })));
  res.writeHead(500, {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
  });
  res.end(body);
}
