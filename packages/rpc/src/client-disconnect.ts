import type { ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';

/** True if the error is only a consequence of the client disconnecting. */
export function isClientDisconnect({ code, cause }: TRPCError, res: ServerResponse): boolean {
  return res.destroyed && (code === 'CLIENT_CLOSED_REQUEST' || cause?.name === 'AbortError');
}
