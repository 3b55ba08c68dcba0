import { type IncomingRequest, pathBelow, splitTarget } from '@synap/http';
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import type { RestOptions } from './options.js';
import { deprecationDate } from './response/deprecation.js';
import type { PathTree } from './routing/path-tree.js';
import { buildRoutes, type Route } from './routing/routes.js';

interface BasePath {
  readonly path: string;
  /** `Deprecation` header of a deprecated base path; otherwise undefined. */
  readonly deprecation: string | undefined;
}

/** Options of the handler with their defaults, and values derived from them once. */
export interface Settings {
  readonly options: RestOptions<inferRouterContext<AnyTRPCRouter>>;
  readonly routes: PathTree<Route>;
  /** Path prefix that clients see before a base path. */
  readonly publicPrefix: string;
  /** Base path as clients see it; used for links. */
  readonly base: string;
  /** Longest first, so that the most specific path matches. */
  readonly basePaths: readonly BasePath[];
  /** Maximum body size in bytes. */
  readonly bodyLimit: number;
  readonly staleVersionCode: string;
  /** Deadline of a call in milliseconds; 0 disables it. */
  readonly deadlineMs: number;
  readonly invoke: NonNullable<RestOptions<unknown>['invoke']>;
}

export function createSettings(router: AnyTRPCRouter, options: Settings['options']): Settings {
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
    routes: buildRoutes(router, {
      deprecatedSince: since,
      separateOutputParser: options.separateOutputParser,
    }),
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

/** URL of a request below a base path. */
export interface Location {
  /** Path as clients see it, without the query. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly search: string;
  /** Path below the base path. */
  readonly subpath: string;
  /** `Deprecation` header of the base path; otherwise undefined. */
  readonly deprecation: string | undefined;
}

/** Splits the URL of a request. Returns undefined if it is not below any base path. */
export function locate(
  { basePaths, publicPrefix }: Settings,
  req: IncomingRequest,
): Location | undefined {
  const { path, search } = splitTarget(req);
  for (const { path: base, deprecation } of basePaths) {
    const subpath = pathBelow(base, path);
    if (subpath !== undefined)
      return { path: `${publicPrefix}${path}`, search, subpath, deprecation };
  }
  return undefined;
}
