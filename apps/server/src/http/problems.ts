import type { IncomingMessage, ServerResponse } from 'node:http';
import { readProblemSource, toTRPCError } from '@synap/api';
import { AppError, notFound } from '@synap/contracts';
import { describeProblem } from '@synap/rest/problem';
import { TRPCError } from '@trpc/server';
import type { Logger } from 'pino';
import type { ErrorReports } from '../observability/error-reports.js';
import { publicPathOf } from './base-path.js';
import type { Middleware } from './middleware.js';
import { requestIdOf } from './request-logging.js';

/** Converts expected errors to their tRPC code; all others become an internal error. */
export function asTRPCError(error: unknown): TRPCError {
  const known = error instanceof AppError ? toTRPCError(error) : error;
  return known instanceof TRPCError
    ? known
    : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: known });
}

/**
 * Sends the problem object of an error (RFC 9457). An unexpected error exposes only the request id.
 */
export function sendProblem(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  const { problem, headers } = describeProblem(asTRPCError(error), {
    requestId: requestIdOf(req),
    instance: publicPathOf(req),
    readSource: readProblemSource,
  });
  const body = JSON.stringify(problem);
  res
    .writeHead(problem.status, {
      ...headers,
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}

export const handleNotFound: Middleware = (req, res) => {
  sendProblem(
    req,
    res,
    notFound(`Nothing is served at this address; see ${req.basePath ?? ''}/api/v1.`),
  );
};

/**
 * Handles errors of middleware. A 4xx `status` on the error marks a client's mistake; all others
 * are logged and reported.
 */
export function createFallbackErrorHandler({ log, errors }: { log: Logger; errors: ErrorReports }) {
  return (
    error: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    _next: (error: unknown) => void,
  ): void => {
    if (res.headersSent) return void res.destroy();
    const status =
      typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return sendProblem(req, res, new AppError('bad_request', 'The request is malformed.'));
    }
    const requestId = requestIdOf(req);
    log.error({ err: error, requestId }, 'unexpected error');
    errors.report(error, { kind: 'request', requestId, userId: req.userId });
    sendProblem(req, res, error);
  };
}
