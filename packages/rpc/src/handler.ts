import { endUnreadBody } from '@synap/http';
import type { AnyTRPCRouter } from '@trpc/server';
import { refuse } from './answer/fault.js';
import type { Incoming } from './exchange.js';
import type { RpcHandler, RpcHandlerOptions } from './options.js';
import { parseRequest } from './request/parse-request.js';
import { loadProcedures } from './request/procedures.js';
import { readTarget, type Target } from './request/target.js';
import { route } from './route.js';
import { createSettings } from './settings.js';

/**
 * Serves a tRPC router over tRPC's own HTTP wire, byte for byte as its adapters do, but without
 * their Web `Request`, `Response` and streams; what needs these is handed to tRPC's adapter.
 */
export function createRpcHandler<TRouter extends AnyTRPCRouter>(
  options: RpcHandlerOptions<TRouter>,
): RpcHandler {
  const settings = createSettings(options.router, options);
  return (req, res, next) => {
    const target = readTarget(req, settings.base);
    if (target === undefined) {
      if (next) next();
      else res.writeHead(404, { 'content-length': '0' }).end();
      return;
    }
    endUnreadBody(req, res, settings.deadlineMs || undefined);
    if (req.method === 'HEAD') res.writeHead(res.statusCode === 200 ? 204 : res.statusCode).end();
    else serve({ settings, req, res }, target);
  };
}

function serve(incoming: Incoming, target: Target): void {
  try {
    const wire = parseRequest(incoming, target);
    const loading = loadProcedures(incoming.settings.router, wire.paths);
    if (loading === undefined) route(incoming, wire);
    else
      loading.then(() => route(incoming, wire)).catch((cause: unknown) => refuse(incoming, cause));
  } catch (cause) {
    refuse(incoming, cause);
  }
}
