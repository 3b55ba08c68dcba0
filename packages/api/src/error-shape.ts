import type { Problem } from '@synap/rest/problem';
import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc';

/**
 * An error on tRPC's wire. Named, and in a file of its own, because every procedure's type repeats
 * it: the client's declarations stay small.
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
