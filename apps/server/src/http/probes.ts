import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { pathOf } from './middleware.js';
import { rejectWrites, serveReadOnly } from './read-only.js';
import { isWellFormed } from './request-head.js';

export interface ProbeDeps {
  /** Returns why the service is not ready; undefined if it is. */
  notReadyReason: () => Promise<string | undefined>;
  /** True once shutdown has begun. */
  isClosing: () => boolean;
}

/**
 * Exempt from rate limits, because a supervisor's probes must not be rejected. A constant response
 * costs less than a rejection.
 */
const livenessPath = '/healthz';

export const isLivenessProbe = (req: IncomingMessage): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') &&
  pathOf(req) === livenessPath &&
  isWellFormed(req);

/** Does not query the database; readiness does. */
export function respondAlive(res: ServerResponse): void {
  res
    .writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 3 })
    .end('ok\n');
}

/** Serves readiness. Liveness is answered before the rate limits. */
export function serveProbes(app: Express, { notReadyReason, isClosing }: ProbeDeps): void {
  app.all(livenessPath, rejectWrites);
  serveReadOnly(app, '/readyz', async (_req, res) => {
    const reason = isClosing() ? 'shutting down' : await notReadyReason();
    if (reason) res.setHeader('retry-after', '5');
    res
      .status(reason ? 503 : 200)
      .type('text/plain')
      .send(`${reason ?? 'ready'}\n`);
  });
}
