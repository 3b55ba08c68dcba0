import type { ServerResponse } from 'node:http';
import { endUnreadBody, type IncomingRequest } from '@synap/http';
import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { Call } from './call.js';
import { Exchange } from './exchange.js';
import type { RestHandler, RestHandlerOptions } from './options.js';
import { HttpError } from './response/http-error.js';
import { sendServerError } from './response/server-error.js';
import type { PathMatch } from './routing/path-tree.js';
import { allowedMethods, type Route } from './routing/routes.js';
import { createSettings, type Location, locate, type Settings } from './settings.js';

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
  const settings = createSettings(options.router, options);
  return (req, res, next) => {
    const location = locate(settings, req);
    if (location === undefined) {
      if (next) next();
      else res.writeHead(404, { 'content-length': '0' }).end();
      return;
    }
    endUnreadBody(req, res, settings.deadlineMs || undefined);
    const fail = (error: unknown) => {
      if (next) return next(error);
      sendServerError(res);
      process.emitWarning(`A hook of the REST handler threw: ${String(error)}`);
    };
    try {
      serve(settings, req, res, location, next)?.catch(fail);
    } catch (cause) {
      try {
        new Exchange(settings, req, res, location).sendError(cause);
      } catch (error) {
        fail(error);
      }
    }
  };
}

/**
 * Returns the running call; undefined if the request is not a call.
 * @throws TRPCError if no route matches.
 */
function serve(
  settings: Settings,
  req: IncomingRequest,
  res: ServerResponse,
  location: Location,
  next: Parameters<RestHandler>[2],
): Promise<void> | undefined {
  const match = matchPath(settings, location);
  if (match === undefined) {
    if (req.method !== 'OPTIONS' && settings.options.unknownPath === 'next' && next) {
      next();
      return undefined;
    }
    throw new TRPCError({ code: 'NOT_FOUND', message: 'No route matches this path.' });
  }
  if (req.method === 'OPTIONS') {
    // CORS middleware handles preflight requests before this handler.
    const headers = { allow: allowedMethods(match.methods) };
    const exchange = new Exchange(settings, req, res, location);
    exchange.send({ status: 204, headers, links: [], body: undefined });
    return undefined;
  }
  const route = routeFor(req.method, match);
  return new Call(settings, req, res, location, route, match.values).run();
}

/** @throws TRPCError `BAD_REQUEST` for a malformed path. */
function matchPath({ routes }: Settings, { subpath }: Location): PathMatch<Route> | undefined {
  try {
    return routes.match(subpath);
  } catch (cause) {
    if (cause instanceof URIError)
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: 'The path has invalid percent-encoding.',
      });
    throw cause;
  }
}

/** @throws HttpError `METHOD_NOT_SUPPORTED` with `Allow` for a wrong method. */
function routeFor(method = 'GET', { methods }: PathMatch<Route>): Route {
  const route = methods.get(method === 'HEAD' ? 'GET' : method);
  if (route) return route;
  const allow = allowedMethods(methods);
  throw new HttpError('METHOD_NOT_SUPPORTED', `This path takes ${allow}.`, { allow });
}
