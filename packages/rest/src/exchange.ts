import type { ServerResponse } from 'node:http';
import type { IncomingRequest } from '@synap/http';
import type { RestResponse } from './response/success.js';
import type { Route } from './routing/routes.js';

/** A request and its response, after the base path has matched. */
export interface Exchange {
  readonly req: IncomingRequest;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Path as the client sent it, without the query. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly search: string;
  /** Path below the base path. */
  readonly subpath: string;
  /** `Deprecation` header value if the base path or the route is deprecated. */
  deprecation: string | undefined;
  successor: string | undefined;
  /** Raw input; undefined until the procedure reads it. */
  input: unknown;
}

/** Matched route and the decoded values of its path parameters. */
export interface Target {
  readonly route: Route;
  readonly values: readonly string[];
}

/** Sends the response with a known length. Does nothing if a response was already sent. */
export function send(exchange: Exchange, response: RestResponse): void {
  const { res, requestId } = exchange;
  if (res.headersSent || res.destroyed) return;
  const { headers, body } = response;
  headers['x-request-id'] = requestId;
  if (exchange.deprecation !== undefined) headers.deprecation = exchange.deprecation;
  const links =
    exchange.successor === undefined ? response.links : [...response.links, exchange.successor];
  if (links.length > 0) headers.link = links.join(', ');
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  else if (response.status !== 204 && response.status !== 304) headers['content-length'] = '0';
  res.writeHead(response.status, headers);
  // Node.js omits the body of a response to HEAD.
  res.end(body);
}
