import type { IncomingMessage } from 'node:http';
import { readRequestId } from '@synap/http';
import type { Logger } from 'pino';
import type { Metrics } from '../observability/metrics.js';
import { scrubPath } from '../observability/scrub.js';
import type { AddressOf } from './address.js';
import { type Middleware, pathOf } from './middleware.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** Correlates the response, log lines and problem object of a request. */
    requestId?: string;
    /** Authenticated user, for the log and error reports. */
    userId?: string;
  }
}

/** Returns the id of a request, which is read or generated once. */
export function requestIdOf(req: IncomingMessage): string {
  req.requestId ??= readRequestId(req);
  return req.requestId;
}

/**
 * Assigns each request an id, and records its end in the log and the metrics. Omits headers, bodies
 * and queries, because they contain tokens and passwords.
 */
export function createRequestLogger(
  log: Logger,
  metrics: Pick<Metrics, 'observe'>,
  addressOf: AddressOf,
): Middleware {
  return (req, res, next) => {
    const start = performance.now();
    const requestId = requestIdOf(req);
    res.setHeader('x-request-id', requestId);
    const { method = '' } = req;
    const path = pathOf(req);
    // One path contains a mail address, and clients may put keys or tokens in place of ids.
    const shownPath = scrubPath(path);
    // Same address as for rate limits. Read now: a closed connection has none.
    const address = addressOf(req);
    res.once('close', () => {
      const milliseconds = performance.now() - start;
      const status = res.writableFinished ? res.statusCode : 499;
      metrics.observe(path, method, status, milliseconds / 1000);
      const { userId } = req;
      const taken = { address, userId, milliseconds: Math.round(milliseconds * 10) / 10 };
      const line = { requestId, method, path: shownPath, status, ...taken };
      if (status >= 500) log.error(line, 'request failed');
      else log.info(line, 'request');
    });
    next();
  };
}
