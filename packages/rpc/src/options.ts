import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server';
import type { ResponseMeta, TRPCRequestInfo } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';

/** A request, with what Express adds to it. */
export interface RpcIncoming extends IncomingMessage {
  /** The whole path where the handler is mounted below one. */
  originalUrl?: string;
  /** Set where a body parser ran before us. */
  body?: unknown;
}

/** One procedure that a request asks for. */
export interface RpcCall {
  /** As the client wrote it, such as `dashboards.get`; there may be no such procedure. */
  readonly path: string;
  /** `unknown` where there is no such procedure. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly meta: unknown;
}

/** What `createContext` is given: once a request, before any input is read. */
export interface RpcRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** One, or as many as the batch has. */
  readonly calls: readonly RpcCall[];
  /** Aborts when the client goes away before its answer is sent, and at the deadline. */
  readonly signal: AbortSignal;
}

/** A content type besides JSON that a procedure may declare. */
export type RpcUploadType = 'multipart/form-data' | 'application/octet-stream';

/** What `onError` is told; the same as tRPC tells it. */
export interface RpcFailure<TContext> {
  readonly error: TRPCError;
  /** Path of the procedure; undefined where the request failed as a whole. */
  readonly path: string | undefined;
  readonly type: RpcCall['type'];
  /** The input, where it has been read. */
  readonly input: unknown;
  /** The context, where it has been made. */
  readonly ctx: TContext | undefined;
  readonly req: IncomingMessage;
}

/** What `responseMeta` is given; the same as tRPC gives it. */
export interface RpcResults<TContext> {
  /** Before the transformer. */
  readonly data: readonly TRPCResponse[];
  readonly errors: readonly TRPCError[];
  readonly ctx?: TContext;
  /** The request, where it could be read. */
  readonly info: TRPCRequestInfo | undefined;
  readonly paths: readonly string[] | undefined;
  readonly type: RpcCall['type'];
  /** True where the results are streamed and not known yet. */
  readonly eagerGeneration: boolean;
}

/** How a router is served, by the type of its context. */
export interface RpcOptions<TContext> {
  createContext: (request: RpcRequest) => TContext | Promise<TContext>;
  /**
   * What formatter and hooks get as `ctx` for a request that is refused before its context is made
   * (too large a batch, content type), so that its error can carry a request id. Must be cheap;
   * default undefined, as with tRPC.
   */
  refusalContext?: (request: Pick<RpcRequest, 'req' | 'res'>) => TContext | undefined;
  /**
   * Path that all procedures are below; matched against the whole path, also where Express mounts
   * the handler. Default `/trpc`.
   */
  basePath?: string;
  /** Most calls in a batch, counted before anything else is done; default 10. */
  maxBatchSize?: number;
  /** Bytes of a body; default 102,400. */
  bodyLimit?: number;
  /**
   * Bytes of a body for one procedure, where it differs. A batch gets the smallest limit among its
   * procedures.
   */
  bodyLimitOf?: (path: string, meta: unknown) => number | undefined;
  /**
   * The content types besides JSON that a mutation takes; default none. Such bodies have no
   * deadline.
   */
  uploadTypesOf?: (path: string, meta: unknown) => readonly RpcUploadType[] | undefined;
  /**
   * Milliseconds after which a query or mutation is answered 503 and its signal aborted; default
   * 10,000; 0 for never.
   */
  deadlineMs?: number;
  /**
   * Writes the JSON that the router's transformer and `JSON.stringify` would make of an output;
   * undefined leaves it to these. For superjson: `(_path, output) => writeSuperjson(output)`.
   */
  serialize?: (path: string, output: unknown) => string | undefined;
  /**
   * Told of every error that is answered. Not told of the `AbortError` of a client that went away.
   */
  onError?: (failure: RpcFailure<TContext>) => void;
  /** Sets status and headers by the results, as in tRPC. */
  responseMeta?: (results: RpcResults<TContext>) => ResponseMeta;
}

export interface RpcHandlerOptions<TRouter extends AnyTRPCRouter>
  extends RpcOptions<inferRouterContext<TRouter>> {
  router: TRouter;
}

/**
 * Works as Express 5 middleware, and on a bare `node:http` server. `next` is called for what is not
 * below the base path.
 */
export type RpcHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => void;
