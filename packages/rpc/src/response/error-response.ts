import type { ServerResponse } from 'node:http';
import {
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type TRPCError,
  transformTRPCResponse,
} from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { Call, Exchange, Incoming, Settings } from '../exchange.js';
import { createHead, rejectionContentType, send } from './send.js';

/** True if the error is only a consequence of the client disconnecting. */
export function isClientDisconnect({ code, cause }: TRPCError, res: ServerResponse): boolean {
  return res.destroyed && (code === 'CLIENT_CLOSED_REQUEST' || cause?.name === 'AbortError');
}

/**
 * Calls the `onError` hook. If it throws, warns and continues, so that the client gets its
 * response.
 */
export function notifyOnError(
  incoming: Incoming,
  error: TRPCError,
  exchange?: Exchange,
  call?: Call,
): void {
  const { settings, req } = incoming;
  const type = call?.type ?? exchange?.type ?? 'unknown';
  const input = call && exchange?.inputs.peek(call.index);
  try {
    settings.options.onError?.({
      error,
      path: call?.path,
      input,
      ctx: contextOf(incoming, exchange),
      type,
      req,
    });
  } catch (cause) {
    process.emitWarning(`The onError hook of the RPC handler threw: ${String(cause)}`);
  }
}

function contextOf({ settings, req, res }: Incoming, exchange: Exchange | undefined): unknown {
  return exchange ? exchange.ctx : settings.options.refusalContext?.({ req, res });
}

/** Responds to a request that is rejected before its calls are made. */
export function rejectRequest(incoming: Incoming, cause: unknown): void {
  sendError(incoming, cause, rejectionContentType);
}

/**
 * Sends an error of the response itself: the output is not serializable or is a stream, or the
 * formatter throws.
 */
export function sendResponseError(exchange: Exchange, cause: unknown): void {
  sendError(exchange, cause, 'application/json', exchange);
}

/** Sends a single error for the whole request, even for a batch, as tRPC does. */
function sendError(
  incoming: Incoming,
  cause: unknown,
  contentType: string,
  exchange?: Exchange,
): void {
  const { settings, res } = incoming;
  const error = getTRPCErrorFromUnknown(cause);
  try {
    notifyOnError(incoming, error, exchange);
    const ctx = contextOf(incoming, exchange);
    const item = {
      error: shapeOf(settings, {
        error,
        ctx,
        type: exchange?.type ?? 'unknown',
        path: undefined,
        input: undefined,
      }),
    };
    const body = JSON.stringify(transformTRPCResponse(settings.config, item));
    const headers = { 'content-type': contentType, ...exchange?.headers };
    const head = createHead(settings, exchange, {
      status: getHTTPStatusCode(item, [error]),
      headers,
      data: [item],
      errors: [error],
    });
    send(res, { ...head, body });
  } catch (second) {
    sendFallbackError(incoming, second);
  }
}

export type ErrorSource = Omit<Parameters<typeof getTRPCErrorShape>[0], 'config'>;

/** Formats an error with the router's formatter. */
export const shapeOf = ({ config }: Settings, source: ErrorSource) =>
  getTRPCErrorShape({ config, ...source });

/** Omits the cause, which a formatter would have hidden. */
const fallbackShape = {
  code: -32603,
  message: 'Internal server error',
  data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 },
} as const;

function sendFallbackError(incoming: Incoming, cause: unknown): void {
  const { settings, res } = incoming;
  notifyOnError(incoming, getTRPCErrorFromUnknown(cause));
  const { output } = settings.config.transformer;
  send(res, {
    status: 500,
    headers: {},
    body: JSON.stringify({ error: output.serialize(fallbackShape) }),
  });
}
