import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server';
import type { ResponseMeta, TRPCRequestInfo } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';

/** A procedure call in a request. */
export interface RpcCall {
  /** Path as sent by the client, such as `notes.get`. The procedure may not exist. */
  readonly path: string;
  /** `unknown` if the procedure does not exist. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly meta: unknown;
}

/** A request as passed to `createContext`: once per request, before any input is read. */
export interface RpcRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The calls of a batch, or a single call. */
  readonly calls: readonly RpcCall[];
  /** Aborts if the client disconnects before the response is sent, and at the deadline. */
  readonly signal: AbortSignal;
}

/** Content type other than JSON that a procedure may declare. */
export type RpcUploadType = 'multipart/form-data' | 'application/octet-stream';

/** An error as passed to `onError`; same properties as in tRPC. */
export interface RpcFailure<TContext> {
  readonly error: TRPCError;
  /** Path of the procedure. Undefined if the whole request failed. */
  readonly path: string | undefined;
  readonly type: RpcCall['type'];
  /** Input; undefined if it has not been read. */
  readonly input: unknown;
  /** Context; undefined if it has not been created. */
  readonly ctx: TContext | undefined;
  readonly req: IncomingMessage;
}

/** Results as passed to `responseMeta`; same properties as in tRPC. */
export interface RpcResults<TContext> {
  /** Results before the transformer. */
  readonly data: readonly TRPCResponse[];
  readonly errors: readonly TRPCError[];
  readonly ctx?: TContext;
  /** Undefined if the request could not be parsed. */
  readonly info: TRPCRequestInfo | undefined;
  readonly paths: readonly string[] | undefined;
  readonly type: RpcCall['type'];
  /** True if the results are streamed and not known yet. */
  readonly eagerGeneration: boolean;
}

/**
 * Compiles an output parser to a function that returns the JSON which validation, the transformer
 * and `JSON.stringify` would produce. Returns undefined if it does not support the parser.
 */
export type CompileSerializer = (
  parser: unknown,
) => ((output: unknown) => string | undefined) | undefined;

/** Options without the router, by the type of the context. */
export interface RpcOptions<TContext> {
  /**
   * Creates the context of a request, once per batch. Throw a `TRPCError` to reject the request.
   * @example
   * ```ts
   * createContext: ({ req, signal }) => ({ token: req.headers.authorization, signal })
   * ```
   */
  createContext: (request: RpcRequest) => TContext | Promise<TContext>;
  /**
   * Creates a context for the formatter and hooks if a request is rejected early (batch too large,
   * wrong content type). Use it to add a request id to such errors. Must be cheap.
   * @default undefined, as with tRPC
   */
  refusalContext?: (request: Pick<RpcRequest, 'req' | 'res'>) => TContext | undefined;
  /**
   * Path prefix of all procedures. Matched against the whole URL path, even if Express mounts the
   * handler below a path.
   * @default '/trpc'
   */
  basePath?: string;
  /**
   * Maximum number of calls in a batch. Checked before any procedure is resolved.
   * @default 10
   */
  maxBatchSize?: number;
  /**
   * Maximum body size in bytes.
   * @default 102400
   */
  bodyLimit?: number;
  /**
   * Returns the maximum body size in bytes of a procedure, or undefined for `bodyLimit`. A batch
   * gets the smallest limit of its procedures.
   * @example
   * ```ts
   * bodyLimitOf: (path) => (path.startsWith('auth.') ? 4096 : undefined)
   * ```
   */
  bodyLimitOf?: (path: string, meta: unknown) => number | undefined;
  /**
   * Returns the content types other than JSON that a mutation accepts. Such uploads have no
   * deadline.
   * @default none
   * @example
   * ```ts
   * uploadTypesOf: (path) => (path === 'files.add' ? ['multipart/form-data'] : undefined)
   * ```
   */
  uploadTypesOf?: (path: string, meta: unknown) => readonly RpcUploadType[] | undefined;
  /**
   * Milliseconds after which a query or mutation fails with 503 and its signal aborts; 0 disables
   * the deadline.
   * @default 10000
   */
  deadlineMs?: number;
  /**
   * Serializes an output to the JSON that the router's transformer and `JSON.stringify` would
   * produce. Return undefined to use these instead.
   * @default the transformer and `JSON.stringify`
   * @example
   * ```ts
   * serialize: (_path, output) => writeSuperjson(output)
   * ```
   */
  serialize?: (path: string, output: unknown) => string | undefined;
  /**
   * Compiles an output parser to a serializer, so that its outputs are written without validating
   * them. Outputs for which it returns undefined are validated. `responseMeta` and middlewares then
   * see outputs before validation.
   * @default undefined: all outputs are validated
   * @example
   * ```ts
   * compileSerializer: (parser) => compileWriter(parser)?.superjson
   * ```
   */
  compileSerializer?: CompileSerializer;
  /**
   * Called with every error, for logs and metrics. Not called with the `AbortError` of a client
   * that disconnected.
   */
  onError?: (failure: RpcFailure<TContext>) => void;
  /**
   * Sets status and headers from the results, as in tRPC.
   * @example
   * ```ts
   * responseMeta: ({ errors }) => (errors.length > 0 ? { headers: { 'cache-control': 'no-store' } } : {})
   * ```
   */
  responseMeta?: (results: RpcResults<TContext>) => ResponseMeta;
}

/** Options of `createRpcHandler`. */
export interface RpcHandlerOptions<TRouter extends AnyTRPCRouter>
  extends RpcOptions<inferRouterContext<TRouter>> {
  /** Every procedure is served. Lazy routers are loaded on first use. */
  router: TRouter;
}

/**
 * Request handler for Express 5 and for a bare `node:http` server. Calls `next` if the path is not
 * below the base path.
 * @example
 * ```ts
 * app.use(handler); // Express
 * createServer((req, res) => handler(req, res)); // node:http, which responds with 404
 * ```
 */
export type RpcHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => void;
