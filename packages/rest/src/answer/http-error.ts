import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';

/**
 * A refusal of the HTTP layer itself, with the headers that its status asks for (`Allow`,
 * `Accept`).
 */
export class HttpError extends TRPCError {
  constructor(
    code: TRPC_ERROR_CODE_KEY,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super({ code, message });
  }
}
