import type { ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import type { RequestHandler, Router } from 'express';
import type { Middleware } from './middleware.js';
import { sendProblem } from './problems.js';

const reading = 'GET, HEAD, OPTIONS';

/** Responds to `OPTIONS` with the methods of a path (RFC 9110 §9.3.7). */
export function respondToOptions(res: ServerResponse, allow: string): void {
  res.writeHead(204, { allow, 'content-length': 0 }).end();
}

/** Rejects methods other than GET and HEAD and lists the allowed ones (RFC 9110 §15.5.6). */
export const rejectWrites: Middleware = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next();
  if (req.method === 'OPTIONS') return respondToOptions(res, reading);
  res.setHeader('allow', reading);
  sendProblem(
    req,
    res,
    new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: `This path takes ${reading}.` }),
  );
};

/** Serves paths that allow GET and HEAD only. */
export function serveReadOnly(
  router: Pick<Router, 'route'>,
  paths: string | string[],
  ...handlers: RequestHandler[]
): void {
  router
    .route(paths)
    .get(...handlers)
    .all(rejectWrites);
}
