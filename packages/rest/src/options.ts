import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCProcedure, AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server';
import type { IdempotencyStore } from './idempotency/store.js';
import type { RestOperation } from './meta.js';
import type { ReadProblemSource } from './problem.js';

/** A REST call as passed to `createContext`: after routing, before the input is read. */
export interface RestCall {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Aborts if the client disconnects before the response is sent, and at the deadline. */
  readonly signal: AbortSignal;
  readonly type: 'query' | 'mutation';
  /** Path of the procedure in the router, such as `notes.get`. */
  readonly path: string;
  readonly operation: RestOperation;
}

/** An error as passed to `onError`. */
export interface RestFailure<TContext> {
  readonly error: TRPCError;
  /** HTTP status of the response. */
  readonly status: number;
  readonly requestId: string;
  readonly req: IncomingMessage;
  /** Path of the procedure. Undefined if no route matched. */
  readonly path: string | undefined;
  readonly type: 'query' | 'mutation' | 'unknown';
  readonly ctx: TContext | undefined;
}

/** A base path of an earlier version that is still served. */
export interface DeprecatedBasePath {
  path: string;
  /** Deprecation date in ISO 8601. Defaults to the handler's `deprecatedSince`. */
  since?: string;
}

type CallOptions = Parameters<AnyTRPCProcedure>[0];

/** A procedure apart from its output parser. */
export interface UnvalidatedProcedure {
  /** Calls the procedure without validating its output. */
  invoke(options: CallOptions): Promise<unknown>;
  /** Validates an output. Throws a `TRPCError` if it is not valid. */
  validate(output: unknown, options: CallOptions): Promise<unknown>;
}

/** Options without the router, by the type of the context. */
export interface RestOptions<TContext> {
  /**
   * Creates the context of a call. Throw a `TRPCError` to reject the call.
   * @example
   * ```ts
   * createContext: ({ req, signal }) => ({ token: req.headers.authorization, signal })
   * ```
   */
  createContext: (call: RestCall) => TContext | Promise<TContext>;
  /**
   * Path prefix of all routes, such as `/api/v1`. Matched against the whole URL path, even if
   * Express mounts the handler below a path.
   * @default ''
   */
  basePath?: string;
  /**
   * Path prefix that a proxy removes, such as `/app`. Added to links and to `instance`.
   * @default ''
   */
  publicPrefix?: string;
  /**
   * Additional base paths. Their responses point to `basePath` with `Deprecation` and `Link`.
   * @default []
   */
  deprecatedBasePaths?: readonly DeprecatedBasePath[];
  /**
   * Deprecation date (ISO 8601) of aliases and base paths without their own date.
   * @default '1970-01-01'
   */
  deprecatedSince?: string;
  /**
   * Maximum body size in bytes.
   * @default 102400
   */
  bodyLimit?: number;
  /**
   * Returns the maximum body size in bytes of a procedure whose meta has no `bodyLimit`. Return
   * undefined to use the handler's `bodyLimit`.
   * @example
   * ```ts
   * bodyLimitOf: (path) => (path.startsWith('auth.') ? 4096 : undefined)
   * ```
   */
  bodyLimitOf?: (path: string, meta: unknown) => number | undefined;
  /**
   * Returns the request id if the server has already assigned one.
   * @default a well-formed `X-Request-Id` header, else a new UUID
   */
  requestId?: (req: IncomingMessage, res: ServerResponse) => string | undefined;
  /**
   * `WWW-Authenticate` header of every 401 that does not set one itself (RFC 9110 §11.6.1).
   * @default 'Bearer'
   */
  challenge?: string;
  /**
   * Maps a `TRPCError` to a problem if the application threw it.
   * @default errors are described by their tRPC code
   * @example
   * ```ts
   * readProblemSource: ({ cause }) =>
   *   cause instanceof AppError ? { code: cause.code, detail: cause.message } : undefined
   * ```
   */
  readProblemSource?: ReadProblemSource;
  /**
   * Application error code for a write that is based on an outdated version. Sent as 409, or as 412
   * if the version came from `If-Match`.
   * @default 'stale_version'
   */
  staleVersionCode?: string;
  /**
   * Calls a procedure. Replace it with a faster equivalent, such as `invokeProcedure` of
   * `@synap/rpc`.
   * @default `procedure(options)`
   */
  invoke?: (procedure: AnyTRPCProcedure, options: CallOptions) => Promise<unknown>;
  /**
   * Separates a procedure from its output parser, such as `separateOutputParser` of `@synap/rpc`.
   * JSON is then written by code compiled from the schema, without validating outputs; outputs that
   * this code does not support are validated. Middlewares see outputs before validation.
   * @default undefined: all outputs are validated
   */
  separateOutputParser?: (procedure: AnyTRPCProcedure) => UnvalidatedProcedure | undefined;
  /**
   * Milliseconds after which a call fails with 503 and its signal aborts; 0 disables the deadline.
   * Does not apply to multipart requests.
   * @default 10000
   */
  deadlineMs?: number;
  /**
   * Called with every error, for logs and metrics. Not called if the client disconnected. If it
   * throws, the process warns and the response is unchanged.
   */
  onError?: (failure: RestFailure<TContext>) => void;
  /**
   * Store for `Idempotency-Key`. Enables the header on every POST unless its meta sets `idempotent:
   * false`.
   * @default none: the header is ignored
   * @example
   * ```ts
   * idempotency: createMemoryIdempotencyStore({ scope: (ctx) => ctx.user?.id })
   * ```
   */
  idempotency?: IdempotencyStore<TContext>;
  /**
   * Handling of an unknown path below the base path: respond with 404, or call `next`.
   * @default 'answer'
   */
  unknownPath?: 'answer' | 'next';
}

/** Options of `createRestHandler`. */
export interface RestHandlerOptions<TRouter extends AnyTRPCRouter>
  extends RestOptions<inferRouterContext<TRouter>> {
  /** Every procedure with `meta.openapi` is served. */
  router: TRouter;
}

/**
 * Request handler for Express 5 and for a bare `node:http` server. Calls `next` if the path is not
 * below a base path.
 * @example
 * ```ts
 * app.use(rest); // Express
 * createServer((req, res) => rest(req, res)); // node:http, which responds with 404
 * ```
 */
export type RestHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => void;
