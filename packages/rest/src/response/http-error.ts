import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';

/** Error of the HTTP layer, with headers that its status requires (`Allow`, `Accept`). */
export class HttpError extends TRPCError {
  constructor(
    code: TRPC_ERROR_CODE_KEY,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super({ code, message });
  }
}
