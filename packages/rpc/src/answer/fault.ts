import {
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type TRPCError,
  transformTRPCResponse,
} from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { Call, Exchange, Incoming } from '../exchange.js';
import type { Settings } from '../settings.js';
import { createHead, refusalType } from './head.js';
import { send } from './send.js';

/** Tells `onError`. A hook that throws must not keep the client from its answer. */
export function tell(incoming: Incoming, error: TRPCError, exchange?: Exchange, call?: Call): void {
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

/** Answers a request that is refused before its calls are made. */
export function refuse(incoming: Incoming, cause: unknown): void {
  answerFault(incoming, cause, refusalType);
}

/**
 * Answers a fault of the answer itself: an output that cannot be serialised or is a stream, a
 * formatter that throws.
 */
export function fail(exchange: Exchange, cause: unknown): void {
  answerFault(exchange, cause, 'application/json', exchange);
}

/** One error for the whole request, also for a batch, as tRPC answers it. */
function answerFault(
  incoming: Incoming,
  cause: unknown,
  contentType: string,
  exchange?: Exchange,
): void {
  const { settings, res } = incoming;
  const error = getTRPCErrorFromUnknown(cause);
  try {
    tell(incoming, error, exchange);
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
    answerLast(incoming, second);
  }
}

export type ErrorSource = Omit<Parameters<typeof getTRPCErrorShape>[0], 'config'>;

/** The error as the client gets it, by the router's formatter. */
export const shapeOf = ({ config }: Settings, source: ErrorSource) =>
  getTRPCErrorShape({ config, ...source });

/** Says nothing of the cause, which a formatter would have hidden. */
const lastShape = {
  code: -32603,
  message: 'Internal server error',
  data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 },
} as const;

function answerLast(incoming: Incoming, cause: unknown): void {
  const { settings, res } = incoming;
  tell(incoming, getTRPCErrorFromUnknown(cause));
  const { output } = settings.config.transformer;
  send(res, {
    status: 500,
    headers: {},
    body: JSON.stringify({ error: output.serialize(lastShape) }),
  });
}
