import { endUnreadBody } from '@synap/http';
import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { type Exchange, send, type Target } from './exchange.js';
import type { RestHandler, RestHandlerOptions } from './options.js';
import { HttpError } from './response/http-error.js';
import { allowedMethods } from './routing/routes.js';
import { sendError } from './send-error.js';
import { serve } from './serve.js';
import { createSettings, openExchange, type Settings } from './settings.js';

/**
 * Creates a request handler for every procedure with `meta.openapi`. Unknown paths (404) and wrong
 * methods (405) are rejected before the context is created.
 * @throws Error that names the procedure if one cannot be served over REST.
 * @example
 * ```ts
 * const rest = createRestHandler({
 *   router,
 *   basePath: '/api/v1',
 *   createContext: ({ req, signal }) => ({ user: userOf(req), signal }),
 * });
 * createServer((req, res) => rest(req, res)).listen(3000);
 * ```
 */
export function createRestHandler<TRouter extends AnyTRPCRouter>(
  options: RestHandlerOptions<TRouter>,
): RestHandler {
  const settings = createSettings(options);
  return (req, res, next) => {
    const exchange = openExchange(settings, req, res);
    if (exchange === undefined) {
      if (next) next();
      else res.writeHead(404, { 'content-length': '0' }).end();
      return;
    }
    endUnreadBody(req, res, settings.deadlineMs || undefined);
    try {
      const target = findTarget(settings, exchange);
      if (target !== undefined)
        serve(settings, exchange, target).catch((error: unknown) => next?.(error));
      else if (req.method === 'OPTIONS') send(exchange, optionsResponse(settings, exchange));
      else if (options.unknownPath === 'next' && next) next();
      else throw new TRPCError({ code: 'NOT_FOUND', message: 'No route matches this path.' });
    } catch (cause) {
      sendError(settings, exchange, undefined, undefined, cause);
    }
  };
}

/**
 * Finds the route of a request. Returns undefined for unknown paths and for OPTIONS.
 * @throws TRPCError `BAD_REQUEST` for a malformed path, `METHOD_NOT_SUPPORTED` for a wrong method.
 */
function findTarget<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
): Target | undefined {
  const match = matchPath(settings, exchange);
  const method = exchange.req.method ?? 'GET';
  if (match === undefined || method === 'OPTIONS') return undefined;
  const route = match.methods.get(method === 'HEAD' ? 'GET' : method);
  if (route) return { route, values: match.values };
  const allow = allowedMethods(match.methods);
  throw new HttpError('METHOD_NOT_SUPPORTED', `This path takes ${allow}.`, { allow });
}

function matchPath<TRouter extends AnyTRPCRouter>(settings: Settings<TRouter>, exchange: Exchange) {
  try {
    return settings.routes.match(exchange.subpath);
  } catch (cause) {
    if (cause instanceof URIError)
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: 'The path has invalid percent-encoding.',
      });
    throw cause;
  }
}

/**
 * Responds to OPTIONS with `Allow`. CORS middleware handles preflight requests before this handler.
 */
function optionsResponse<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
) {
  const match = matchPath(settings, exchange);
  if (match === undefined)
    throw new TRPCError({ code: 'NOT_FOUND', message: 'No route matches this path.' });
  return {
    status: 204,
    headers: { allow: allowedMethods(match.methods) },
    links: [],
    body: undefined,
  };
}
