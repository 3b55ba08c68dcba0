import type { ServerResponse } from 'node:http';
import { type IncomingRequest, readRequestId } from '@synap/http';
import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { statusOf } from './problem.js';
import { type FailedExchange, failureResponse } from './response/failure.js';
import { sendServerError } from './response/server-error.js';
import type { RestResponse } from './response/success.js';
import type { Operation } from './routing/operations.js';
import type { Location, Settings } from './settings.js';

/** One request below a base path, and the ways to respond to it. */
export class Exchange implements FailedExchange {
  readonly requestId: string;
  /** Path as clients see it, without the query. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly search: string;
  /** `Deprecation` header if the base path or the route is deprecated. */
  protected deprecation: string | undefined;
  /** `Link` to the successor of a deprecated address. */
  protected successor: string | undefined = undefined;
  /** Raw input; undefined until the procedure reads it. */
  input: unknown = undefined;
  /** Context; undefined until it is created. */
  ctx: unknown = undefined;

  constructor(
    readonly settings: Settings,
    readonly req: IncomingRequest,
    readonly res: ServerResponse,
    { path, search, deprecation }: Location,
  ) {
    this.requestId = settings.options.requestId?.(req, res) ?? readRequestId(req);
    this.path = path;
    this.search = search;
    this.deprecation = deprecation;
  }

  /** Called operation; undefined if no route matches. */
  get operation(): Operation | undefined {
    return undefined;
  }

  /** Sends a response with a known length. Does nothing if a response was already sent. */
  send(response: RestResponse): void {
    const { res, successor } = this;
    if (res.headersSent || res.destroyed) return;
    const { status, links, body } = response;
    // Copies them, because the response belongs to the caller.
    const headers: Record<string, string> = Object.assign({}, response.headers);
    headers['x-request-id'] = this.requestId;
    if (this.deprecation !== undefined) headers.deprecation = this.deprecation;
    const all = successor === undefined ? links : [...links, successor];
    if (all.length > 0) headers.link = all.join(', ');
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    else if (status !== 204 && status !== 304) headers['content-length'] = '0';
    res.writeHead(status, headers);
    // Node.js omits the body of a response to HEAD.
    res.end(body);
  }

  /** Sends an error and calls `onError`. Does neither if the client disconnected. */
  sendError(cause: unknown): void {
    const { req, res } = this;
    const error = getTRPCErrorFromUnknown(cause);
    if (res.destroyed || req.socket.destroyed) return;
    // The deadline has already sent a response. Report the late error, unless the abort caused it.
    if (res.headersSent) {
      if (error.cause?.name !== 'AbortError') this.notifyOnError(error, statusOf(error));
      return;
    }
    this.notifyOnError(error, this.#sendFailure(error));
  }

  /** Returns the status that was sent: 500 if a hook threw while it described the error. */
  #sendFailure(error: TRPCError): number {
    try {
      const response = failureResponse(error, this);
      this.send(response);
      return response.status;
    } catch (cause) {
      sendServerError(this.res);
      this.notifyOnError(cause, 500);
      return 500;
    }
  }

  /**
   * Calls the `onError` hook. If it throws, warns and continues, so that the client gets its
   * response.
   */
  protected notifyOnError(cause: unknown, status: number): void {
    const { req, requestId, operation, ctx } = this;
    try {
      this.settings.options.onError?.({
        error: getTRPCErrorFromUnknown(cause),
        status,
        requestId,
        req,
        path: operation?.path,
        type: operation?.type ?? 'unknown',
        ctx,
      });
    } catch (thrown) {
      process.emitWarning(`The onError hook of the REST handler threw: ${String(thrown)}`);
    }
  }
}
