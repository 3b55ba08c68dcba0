import type { IncomingMessage, ServerResponse } from 'node:http';

/** Connect-style middleware for Express and for a plain HTTP server. */
export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Sends an error response. */
export type ErrorHandler = (req: IncomingMessage, res: ServerResponse, error: unknown) => void;

/** Combines middleware into one; each step runs after the previous one calls `next()`. */
export function compose(...steps: readonly Middleware[]): Middleware {
  return (req, res, next) => {
    const run = (at: number): void => {
      const step = steps[at];
      if (step === undefined) return next();
      step(req, res, (error) => {
        // Some middleware passes null for "no error", as Connect permits.
        if (error === undefined || error === null) run(at + 1);
        else next(error);
      });
    };
    run(0);
  };
}

/** Path of a request without the query, as the client sent it. */
export function pathOf(req: IncomingMessage): string {
  const url =
    'originalUrl' in req && typeof req.originalUrl === 'string'
      ? req.originalUrl
      : (req.url ?? '/');
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}
