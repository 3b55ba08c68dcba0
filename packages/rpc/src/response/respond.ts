import { isRecord } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import type { Call, Exchange } from '../exchange.js';
import { sendResponseError, shapeOf } from './error-response.js';
import { createHead, type Head, send } from './send.js';

/** Responds to a request whose calls are all settled. Never throws. */
export function respond(exchange: Exchange): void {
  exchange.isResponseSent = true;
  clearTimeout(exchange.timer);
  if (exchange.isClientDisconnected) return;
  try {
    const items = exchange.calls.map((call) => itemOf(exchange, call));
    const head = headOf(exchange, items);
    const texts = items.map((item, index) => textOf(exchange, item, index));
    const body = exchange.isBatch ? `[${texts.join(',')}]` : texts.join('');
    send(exchange.res, { ...head, body });
  } catch (cause) {
    sendResponseError(exchange, cause);
  }
}

function itemOf(exchange: Exchange, call: Call): TRPCResponse {
  const { outcome } = call;
  if (outcome === undefined) throw new Error(`The call of "${call.path}" has no outcome.`);
  if (outcome.error) return errorItem(exchange, call, outcome.error);
  if (outcome.text !== undefined || !isDataStream(outcome.data))
    return { result: { data: outcome.data } };
  const error = new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink',
  });
  if (!exchange.isBatch) throw error;
  call.outcome = { error };
  return errorItem(exchange, call, error);
}

function errorItem(
  { settings, inputs, ctx }: Exchange,
  { path, type, index }: Call,
  error: TRPCError,
): TRPCResponse {
  return { error: shapeOf(settings, { error, ctx, input: inputs.peek(index), path, type }) };
}

function headOf(exchange: Exchange, items: TRPCResponse[]): Head {
  const errors = exchange.calls.map((call) => call.outcome?.error);
  const defined = errors.filter((error) => error !== undefined);
  const status = defined.length === 0 ? 200 : getHTTPStatusCode(items, errors);
  const headers = { 'content-type': 'application/json', ...exchange.headers };
  return createHead(exchange.settings, exchange, { status, headers, data: items, errors: defined });
}

/**
 * Serializes one item, unless it is already: with the `serialize` option if it supports the output,
 * else with the router's transformer.
 */
function textOf({ settings, calls }: Exchange, item: TRPCResponse, index: number): string {
  const { output } = settings.config.transformer;
  if ('error' in item) return JSON.stringify({ error: output.serialize(item.error) });
  const { data } = item.result;
  const call = calls[index];
  const written = call?.outcome?.text ?? settings.options.serialize?.(call?.path ?? '', data);
  return written === undefined
    ? JSON.stringify({ result: { data: output.serialize(data) } })
    : `{"result":{"data":${written}}}`;
}

const isPromise = (value: unknown): boolean =>
  (isRecord(value) || typeof value === 'function') &&
  'then' in value &&
  typeof value.then === 'function' &&
  'catch' in value &&
  typeof value.catch === 'function';

const isAsyncIterable = (value: unknown): boolean =>
  isRecord(value) && Symbol.asyncIterator in value;

/** True if an output must be streamed: it is an async iterable, or contains one or a promise. */
function isDataStream(output: unknown): boolean {
  if (!isRecord(output)) return false;
  if (Symbol.asyncIterator in output) return true;
  for (const value of Object.values(output))
    if (isPromise(value) || isAsyncIterable(value)) return true;
  return false;
}
