import { endUnreadBody, type RequestTarget } from '@synap/http';
import type { AnyTRPCRouter } from '@trpc/server';
import { createDeadlineRouter } from './adapter-fallback.js';
import { DirectOutputs } from './direct-output.js';
import type { Incoming, Settings } from './exchange.js';
import type { RpcHandler, RpcHandlerOptions } from './options.js';
import { parseRequest, readTarget } from './request/parse-request.js';
import { rejectRequest } from './response/error-response.js';
import { loadProcedures, route } from './route.js';

/**
 * Creates a request handler that speaks tRPC's HTTP protocol, byte for byte as tRPC's own adapters.
 * Avoids Web `Request`, `Response` and streams; requests that need these use tRPC's adapter.
 * @example
 * ```ts
 * const handler = createRpcHandler({
 *   router: appRouter,
 *   createContext: ({ req, signal }) => createContext(req, signal),
 * });
 * createServer((req, res) => handler(req, res)).listen(3000);
 * ```
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

function createSettings(router: AnyTRPCRouter, options: Settings['options']): Settings {
  const names = (options.basePath ?? '/trpc').split('/').filter((name) => name !== '');
  const deadlineMs = options.deadlineMs ?? 10_000;
  return {
    options,
    router,
    deadlineRouter: createDeadlineRouter(router, deadlineMs),
    config: router._def._config,
    directOutputs: options.compileSerializer && new DirectOutputs(options.compileSerializer),
    base: names.map((name) => `/${name}`).join(''),
    maxBatchSize: options.maxBatchSize ?? 10,
    bodyLimit: options.bodyLimit ?? 102_400,
    deadlineMs,
  };
}

function serve(incoming: Incoming, target: RequestTarget): void {
  try {
    const parsed = parseRequest(incoming, target);
    const loading = loadProcedures(incoming.settings.router, parsed.paths);
    if (loading === undefined) route(incoming, parsed);
    else
      loading
        .then(() => route(incoming, parsed))
        .catch((cause: unknown) => rejectRequest(incoming, cause));
  } catch (cause) {
    rejectRequest(incoming, cause);
  }
}
