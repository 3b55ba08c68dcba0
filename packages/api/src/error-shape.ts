import type { Problem } from '@synap/rest/problem';
import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc';

/**
 * Error in the tRPC response. A named type in its own file keeps the client's declarations small,
 * because every procedure repeats it.
 */
export interface ErrorShape {
  code: TRPC_ERROR_CODE_NUMBER;
  message: string;
  data: ErrorData;
}

interface ErrorData {
  code: TRPC_ERROR_CODE_KEY;
  httpStatus: number;
  path: string | undefined;
  problem: Problem;
}
