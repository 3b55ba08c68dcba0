import type { ServerResponse } from 'node:http';
import type { RestResponse } from './answer/success.js';
import type { RestIncoming } from './input/body.js';
import type { Route } from './routing/routes.js';

/** One request and its answer, from the matched base path on. */
export interface Exchange {
  readonly req: RestIncoming;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Path of the request as the client knows it, without its query. */
  readonly path: string;
  /** The query, without its `?`. */
  readonly search: string;
  /** What lies below the base path. */
  readonly below: string;
  /** Set where the base path, or later the route, is deprecated: since when. */
  deprecation: string | undefined;
  successor: string | undefined;
  /** The raw input, once the procedure has asked for it. */
  input: unknown;
}

/** The route of a request and the values of its path parameters, decoded. */
export interface Target {
  readonly route: Route;
  readonly values: readonly string[];
}

/** Sends an answer, once, with a known length. */
export function send(exchange: Exchange, answer: RestResponse): void {
  const { res, requestId } = exchange;
  if (res.headersSent || res.destroyed) return;
  const { headers, body } = answer;
  headers['x-request-id'] = requestId;
  if (exchange.deprecation !== undefined) headers.deprecation = exchange.deprecation;
  const links =
    exchange.successor === undefined ? answer.links : [...answer.links, exchange.successor];
  if (links.length > 0) headers.link = links.join(', ');
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  else if (answer.status !== 204 && answer.status !== 304) headers['content-length'] = '0';
  res.writeHead(answer.status, headers);
  // Of an answer to HEAD, Node keeps the body back.
  res.end(body);
}
