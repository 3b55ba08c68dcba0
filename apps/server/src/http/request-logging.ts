import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { scrubPath } from '../scrub.js';
import type { AddressOf } from './address.js';
import type { Metrics } from './metrics.js';
import { type Middleware, pathOf } from './middleware.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** Ties together the answer, the log lines and the problem object of a request. */
    requestId?: string;
    /** Whose request it turned out to be; for the log and reports of errors. */
    userId?: string;
  }
}

const saneRequestId = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of a request: the client's, if it is sane, else a new one. */
export function requestIdOf(req: IncomingMessage): string {
  if (req.requestId === undefined) {
    const given = req.headers['x-request-id'];
    req.requestId = typeof given === 'string' && saneRequestId.test(given) ? given : randomUUID();
  }
  return req.requestId;
}

/**
 * Gives each request its id, and notes its end: one line in the log, one observation in the
 * metrics. Headers, bodies and queries stay out of the log: they hold tokens and passwords.
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
    // One path of ours holds a mail address, and people put keys and tokens where ids belong.
    const shownPath = scrubPath(path);
    // As the limits count it. Read now: a connection that ended has none.
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
