import { endUnreadBody } from '@synap/http';
import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { HttpError } from './answer/http-error.js';
import { type Exchange, send, type Target } from './exchange.js';
import { fail } from './fail.js';
import type { RestHandler, RestHandlerOptions } from './options.js';
import { allowedMethods } from './routing/routes.js';
import { serve } from './serve.js';
import { createSettings, openExchange, type Settings } from './settings.js';

/**
 * Serves every procedure of a router that has `meta.openapi`. Throws at once, naming the procedure,
 * where one cannot be served. An unknown path is 404 and a wrong method 405 before the context is
 * made.
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
      else if (req.method === 'OPTIONS') send(exchange, answerOptions(settings, exchange));
      else if (options.unknownPath === 'next' && next) next();
      else throw new TRPCError({ code: 'NOT_FOUND', message: 'There is nothing at this path.' });
    } catch (cause) {
      fail(settings, exchange, undefined, undefined, cause);
    }
  };
}

/**
 * Undefined where no route has the path, and for OPTIONS. Throws where the path is badly encoded or
 * lacks the method.
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
    return settings.routes.match(exchange.below);
  } catch (cause) {
    if (cause instanceof URIError)
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: 'The path is not percent-encoded well.',
      });
    throw cause;
  }
}

/**
 * Cross-origin preflights are answered by CORS before us; any other OPTIONS asks what a path takes.
 */
function answerOptions<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
) {
  const match = matchPath(settings, exchange);
  if (match === undefined)
    throw new TRPCError({ code: 'NOT_FOUND', message: 'There is nothing at this path.' });
  return {
    status: 204,
    headers: { allow: allowedMethods(match.methods) },
    links: [],
    body: undefined,
  };
}
