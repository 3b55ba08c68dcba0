import { announcesBody } from '@synap/http';
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import { startDeadline } from './deadline.js';
import { type Exchange, send, type Target } from './exchange.js';
import { IdempotentAttempt, IdempotentReplay, readIdempotencyKey } from './idempotency/attempt.js';
import { toInputFailure } from './input/input-error.js';
import { checkBodyType, readInput, rejectQuery } from './input/request-input.js';
import {
  applyIfMatchVersion,
  applyPreconditions,
  type ConditionalWrite,
  readerFor,
} from './preconditions.js';
import { successorLink } from './response/links.js';
import { type RestResponse, toResponse } from './response/success.js';
import { hasBody } from './routing/operations.js';
import { notifyOnError, sendError } from './send-error.js';
import type { Settings } from './settings.js';

/**
 * Calls the procedure of a matched route and sends its output or its error. Rejects only if
 * `onError` throws.
 */
export async function serve<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  target: Target,
): Promise<void> {
  const { req, res, requestId } = exchange;
  const { operation, replacement } = target.route;
  if (replacement !== undefined) exchange.deprecation = replacement.deprecation;
  if (exchange.deprecation !== undefined)
    exchange.successor = successorLink(target.route, target.values, settings.base);
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  const { signal } = controller;
  const { path, type } = operation;
  let ctx: inferRouterContext<TRouter> | undefined;
  let attempt: IdempotentAttempt<inferRouterContext<TRouter>> | undefined;
  const disarm = startDeadline(
    exchange,
    operation.meta.multipart ? 0 : settings.deadlineMs,
    (error) => {
      sendError(settings, exchange, target, ctx, error);
      controller.abort();
    },
  );
  try {
    ctx = await settings.options.createContext({
      req,
      res,
      requestId,
      signal,
      type,
      path,
      operation: operation.meta,
    });
    attempt = createAttempt(settings, exchange, target, ctx);
    const read = readerFor(settings, ctx, signal);
    const getRawInput = rawInputGetter(settings, exchange, target, attempt, read);
    const acceptsNoInput = !operation.reader.acceptsInput;
    if (acceptsNoInput && type === 'mutation') rejectQuery(exchange.search);
    if (attempt && acceptsNoInput) await attempt.begin(undefined);
    // The input is never read, so its conditions must be evaluated here.
    if (acceptsNoInput && type === 'mutation')
      await checkPreconditions({ route: target.route, headers: req.headers, read }, undefined);
    const output: unknown = await settings.invoke(operation.procedure, {
      path,
      type,
      ctx,
      signal,
      batchIndex: 0,
      getRawInput,
    });
    // A query has no side effects, so the procedure may reject the caller first.
    if (acceptsNoInput) rejectQuery(exchange.search);
    const response = responseOf(settings, exchange, target, output);
    if (attempt) await recordOutcome(settings, exchange, target, ctx, attempt.complete(response));
    send(exchange, response);
  } catch (cause) {
    if (cause instanceof IdempotentReplay) return send(exchange, replayedResponse(cause));
    if (attempt) await recordOutcome(settings, exchange, target, ctx, attempt.abandon());
    sendError(settings, exchange, target, ctx, cause);
  } finally {
    disarm();
  }
}

const replayedResponse = ({ response }: IdempotentReplay): RestResponse => ({
  ...response,
  headers: { ...response.headers, 'idempotency-replayed': 'true' },
  links: [],
});

function responseOf<TRouter extends AnyTRPCRouter>(
  { base }: Settings<TRouter>,
  { req, path, search, input }: Exchange,
  { route }: Target,
  output: unknown,
): RestResponse {
  return toResponse(output, { req, route, base, path, search, input });
}

function createAttempt<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  target: Target,
  ctx: inferRouterContext<TRouter>,
): IdempotentAttempt<inferRouterContext<TRouter>> | undefined {
  const store = settings.options.idempotency;
  const key = store && readIdempotencyKey(exchange.req, target.route);
  if (store === undefined || key === undefined) return undefined;
  const { requestId } = exchange;
  return new IdempotentAttempt({
    store,
    key,
    ctx,
    requestId,
    route: target.route,
    toResponse: (output) => responseOf(settings, exchange, target, output),
  });
}

/**
 * Records the outcome under the idempotency key. A failing store is reported, but does not change
 * the response: the effect has already happened, or not.
 */
async function recordOutcome<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  target: Target,
  ctx: inferRouterContext<TRouter> | undefined,
  recording: Promise<void>,
): Promise<void> {
  try {
    await recording;
  } catch (cause) {
    notifyOnError(settings, exchange, target, ctx, cause, 500);
  }
}

function asBadRequest<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw toInputFailure(cause);
  }
}

/** Evaluates the conditions of a write and returns the input to use. */
const checkPreconditions = (write: ConditionalWrite, input: unknown): Promise<unknown> =>
  applyPreconditions(write, input).catch((cause: unknown) => {
    throw toInputFailure(cause);
  });

/** Reads the input when the procedure first requests it, which is after authentication. */
function rawInputGetter<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  { route, values }: Target,
  attempt: IdempotentAttempt<inferRouterContext<TRouter>> | undefined,
  readResource: ConditionalWrite['read'],
) {
  const { req, search } = exchange;
  const { meta, path, procedure, reader } = route.operation;
  const bodyLimit =
    meta.bodyLimit ??
    settings.options.bodyLimitOf?.(path, procedure._def.meta) ??
    settings.bodyLimit;
  if (
    !reader.acceptsInput &&
    hasBody(route.method) &&
    announcesBody(req) &&
    req.headers['content-type']
  )
    checkBodyType(req, route);
  let pendingInput: Promise<unknown> | undefined;
  const read = async () => {
    const rawInput = await readInput({ req, route, values, search, bodyLimit });
    exchange.input = rawInput;
    const write: ConditionalWrite = { route, headers: req.headers, read: readResource };
    exchange.input =
      route.method === 'GET' ? rawInput : asBadRequest(() => applyIfMatchVersion(write, rawInput));
    // Before the conditions: a repeated request gets the first response, even if the state has
    // changed.
    if (attempt) await attempt.begin(exchange.input);
    if (route.method === 'GET') return rawInput;
    exchange.input = await checkPreconditions(write, exchange.input);
    return exchange.input;
  };
  return () => {
    pendingInput ??= read();
    return pendingInput;
  };
}
