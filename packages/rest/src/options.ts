import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCProcedure, AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server';
import type { IdempotencyStore } from './idempotency/store.js';
import type { RestOperation } from './meta.js';
import type { ReadProblemSource } from './problem.js';

/**
 * One call of a procedure over REST, as `createContext` sees it: after the route is known, before
 * the input is read.
 */
export interface RestCall {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Aborts when the client goes away before its answer is sent. */
  readonly signal: AbortSignal;
  readonly type: 'query' | 'mutation';
  /** The procedure's path in the router, such as `dashboards.get`. */
  readonly path: string;
  readonly operation: RestOperation;
}

/** What `onError` is told. */
export interface RestFailure<TContext> {
  readonly error: TRPCError;
  /** The status that is answered. */
  readonly status: number;
  readonly requestId: string;
  readonly req: IncomingMessage;
  /** Path of the procedure; undefined where no route was found. */
  readonly path: string | undefined;
  readonly type: 'query' | 'mutation' | 'unknown';
  readonly ctx: TContext | undefined;
}

export interface DeprecatedBasePath {
  path: string;
  /** Since when, ISO 8601. */
  since?: string;
}

export interface RestHandlerOptions<TRouter extends AnyTRPCRouter> {
  router: TRouter;
  createContext: (
    call: RestCall,
  ) => inferRouterContext<TRouter> | Promise<inferRouterContext<TRouter>>;
  /**
   * Path that all routes are below, such as `/api/v1`; matched against the whole path, also where
   * Express mounts the handler.
   */
  basePath?: string;
  /**
   * Path that clients see before `basePath`, such as `/synap` if a proxy removes it: written into
   * links and `instance`. @default ''
   */
  publicPrefix?: string;
  /** Further base paths; their answers point to the first one with `Deprecation` and `Link`. */
  deprecatedBasePaths?: readonly DeprecatedBasePath[];
  /**
   * Since when aliases and base paths without a date of their own are deprecated, ISO 8601; default
   * 1970-01-01.
   */
  deprecatedSince?: string;
  /** Bytes of a body; default 102,400. */
  bodyLimit?: number;
  /**
   * Bytes of a body for one procedure whose operation states none; undefined if the handler's
   * `bodyLimit` holds.
   */
  bodyLimitOf?: (path: string, meta: unknown) => number | undefined;
  /**
   * The id of a request, where the server has given it one already. Default: a sane `X-Request-Id`,
   * else a new UUID.
   */
  requestId?: (req: IncomingMessage, res: ServerResponse) => string | undefined;
  /**
   * `WWW-Authenticate` of every 401 (RFC 9110 §11.6.1) that has none of its own; default `Bearer`.
   */
  challenge?: string;
  /** Reads the application's own errors off a `TRPCError`. */
  readProblemSource?: ReadProblemSource;
  /**
   * The application's code for a write based on an old version: 409, or 412 where `If-Match` said
   * so. Default `stale_version`.
   */
  staleVersionCode?: string;
  /** Calls a procedure; default `procedure(options)`. For a quicker way that does the same. */
  invoke?: (
    procedure: AnyTRPCProcedure,
    options: Parameters<AnyTRPCProcedure>[0],
  ) => Promise<unknown>;
  /**
   * Milliseconds after which a call is answered 503 and its signal aborted; default 10,000; 0 for
   * never. Multipart has none.
   */
  deadlineMs?: number;
  /** Told of every error that is answered, for logs and metrics; not of clients that went away. */
  onError?: (failure: RestFailure<inferRouterContext<TRouter>>) => void;
  /** Makes `Idempotency-Key` work on every POST whose meta does not say otherwise. */
  idempotency?: IdempotencyStore<inferRouterContext<TRouter>>;
  /**
   * Whether an unknown path below the base path is answered with 404 (default) or handed to `next`.
   */
  unknownPath?: 'answer' | 'next';
}

/**
 * Works as Express 5 middleware, and on a bare `node:http` server. `next` is called for what is not
 * below a base path.
 */
export type RestHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => void;
