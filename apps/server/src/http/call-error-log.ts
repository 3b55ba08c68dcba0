import type { IncomingMessage } from 'node:http';
import type { Context } from '@synap/api';
import { AppError, type ErrorCode } from '@synap/contracts';
import type { Core } from '@synap/core';
import type { TRPCError } from '@trpc/server';
import type { Logger } from 'pino';
import type { ErrorReports } from '../observability/error-reports.js';
import { createOutageLog } from '../observability/outage-log.js';
import { requestIdOf } from './request-logging.js';

export interface CallErrorLogDeps {
  log: Logger;
  errors: ErrorReports;
  recordRefusal: Core['recordRefusal'];
}

/** Error codes that indicate an attempt without permission, such as with a stolen session. */
const auditedCodes: ReadonlySet<ErrorCode> = new Set(['forbidden', 'reauthentication_required']);

interface Failure {
  error: TRPCError;
  req: IncomingMessage;
  path: string | undefined;
  ctx: Context | undefined;
}

/**
 * Logs and reports unexpected errors with their cause. Writes rejected attempts to the audit log.
 */
export function createCallErrorLog({ log, errors, recordRefusal }: CallErrorLogDeps) {
  /** Runs concurrently with the response, which must not wait for it. */
  async function recordForbidden({ error, req, path, ctx }: Failure): Promise<void> {
    const isForbidden = error.cause instanceof AppError && auditedCodes.has(error.cause.code);
    if (!isForbidden || path === undefined || ctx === undefined || req.userId === undefined) return;
    const actor = await ctx.authenticate();
    const { address, requestId } = ctx.call;
    if (actor.kind === 'user') await recordRefusal({ actor, procedure: path, address, requestId });
  }

  const logOutage = createOutageLog(log);
  return (failure: Failure): void => {
    const { error, req, path } = failure;
    const rejection = error.cause;
    if (
      rejection instanceof AppError &&
      rejection.code === 'unavailable' &&
      rejection.cause !== undefined
    )
      logOutage(rejection.cause, requestIdOf(req));
    recordForbidden(failure).catch((err: unknown) =>
      log.warn(
        { err, requestId: requestIdOf(req) },
        'a rejected call could not be written to the audit log',
      ),
    );
    if (error.code !== 'INTERNAL_SERVER_ERROR') return;
    const cause = error.cause ?? error;
    const requestId = requestIdOf(req);
    log.error({ err: cause, requestId }, 'unexpected error');
    errors.report(cause, { kind: 'request', requestId, procedure: path, userId: req.userId });
  };
}
