import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { originForm } from '@synap/http';
import type { AnyTRPCRouter } from '@trpc/server';
import { deprecationDate } from './answer/deprecation.js';
import type { Exchange } from './exchange.js';
import type { RestIncoming } from './input/body.js';
import type { RestHandlerOptions } from './options.js';
import type { PathTree } from './routing/path-tree.js';
import { buildRoutes, type Route } from './routing/routes.js';

interface BasePath {
  readonly path: string;
  /** Value of the `Deprecation` header, where the base path is deprecated. */
  readonly deprecation: string | undefined;
}

/** The handler's options with their defaults, and all that is worked out from them once. */
export interface Settings<TRouter extends AnyTRPCRouter> {
  readonly options: RestHandlerOptions<TRouter>;
  readonly routes: PathTree<Route>;
  /** Path that clients see before a base path. */
  readonly publicPrefix: string;
  /** The base path that links are written with, as clients see it. */
  readonly base: string;
  /** Longest first. */
  readonly basePaths: readonly BasePath[];
  /** Bytes. */
  readonly bodyLimit: number;
  readonly staleVersionCode: string;
  /** Milliseconds. */
  readonly deadlineMs: number;
  readonly invoke: NonNullable<RestHandlerOptions<TRouter>['invoke']>;
}

export function createSettings<TRouter extends AnyTRPCRouter>(
  options: RestHandlerOptions<TRouter>,
): Settings<TRouter> {
  const since = options.deprecatedSince ?? '1970-01-01';
  const base = withoutTrailingSlash(options.basePath ?? '');
  const publicPrefix = withoutTrailingSlash(options.publicPrefix ?? '');
  const deprecated = (options.deprecatedBasePaths ?? []).map((basePath) => ({
    path: withoutTrailingSlash(basePath.path),
    deprecation: deprecationDate(basePath.since ?? since),
  }));
  const basePaths: BasePath[] = [{ path: base, deprecation: undefined }, ...deprecated];
  return {
    options,
    routes: buildRoutes(options.router, since),
    publicPrefix,
    base: `${publicPrefix}${base}`,
    basePaths: basePaths.sort((a, b) => b.path.length - a.path.length),
    bodyLimit: options.bodyLimit ?? 102_400,
    staleVersionCode: options.staleVersionCode ?? 'stale_version',
    deadlineMs: options.deadlineMs ?? 10_000,
    invoke: options.invoke ?? ((procedure, call) => procedure(call)),
  };
}

const withoutTrailingSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path);

/** Splits the address of a request; undefined where it is not below any base path. */
export function openExchange<TRouter extends AnyTRPCRouter>(
  { basePaths, options, publicPrefix }: Settings<TRouter>,
  req: RestIncoming,
  res: ServerResponse,
): Exchange | undefined {
  const url = originForm(req.originalUrl ?? req.url ?? '/') ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  for (const base of basePaths) {
    if (
      !path.startsWith(base.path) ||
      (path.length > base.path.length && path[base.path.length] !== '/')
    )
      continue;
    return {
      req,
      res,
      requestId: options.requestId?.(req, res) ?? readRequestId(req),
      path: `${publicPrefix}${path}`,
      search: mark < 0 ? '' : url.slice(mark + 1),
      below: path.slice(base.path.length),
      deprecation: base.deprecation,
      successor: undefined,
      input: undefined,
    };
  }
  return undefined;
}

const sane = /^[A-Za-z0-9._-]{1,128}$/;

function readRequestId(req: RestIncoming): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && sane.test(given) ? given : randomUUID();
}
