import type { ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';

/** Whether an error only says that the client went away. */
export function isClientDisconnect({ code, cause }: TRPCError, res: ServerResponse): boolean {
  return res.destroyed && (code === 'CLIENT_CLOSED_REQUEST' || cause?.name === 'AbortError');
}
