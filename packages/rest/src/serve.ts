import { announcesBody } from '@synap/http';
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import { successorLink } from './answer/deprecation.js';
import { type RestResponse, toResponse } from './answer/success.js';
import { armDeadline } from './deadline.js';
import { type Exchange, send, type Target } from './exchange.js';
import { fail, report } from './fail.js';
import { IdempotentAttempt, IdempotentReplay, readIdempotencyKey } from './idempotency/attempt.js';
import { toBadRequest } from './input/fault.js';
import { checkBodyType, readInput, rejectQuery } from './input/request-input.js';
import {
  applyPreconditions,
  type ConditionalWrite,
  readerFor,
  takeVersion,
} from './preconditions.js';
import { hasBody } from './routing/operations.js';
import type { Settings } from './settings.js';

/**
 * Calls the procedure of a matched route and sends what it gives, or the problem that it ran into.
 * Rejects only where `onError` throws.
 */
export async function serve<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  target: Target,
): Promise<void> {
  const { req, res, requestId } = exchange;
  const { operation, moved } = target.route;
  if (moved !== undefined) exchange.deprecation = moved.deprecation;
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
  const disarm = armDeadline(
    exchange,
    operation.meta.multipart ? 0 : settings.deadlineMs,
    (error) => {
      fail(settings, exchange, target, ctx, error);
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
    attempt = attemptOf(settings, exchange, target, ctx);
    const read = readerFor(settings, ctx, signal);
    const getRawInput = inputOf(settings, exchange, target, attempt, read);
    const takesNothing = !operation.reader.takesInput;
    if (takesNothing && type === 'mutation') rejectQuery(exchange.search);
    if (attempt && takesNothing) await attempt.begin(undefined);
    // The procedure never asks for an input, with which its conditions are compared otherwise.
    if (takesNothing && type === 'mutation')
      await compare({ route: target.route, headers: req.headers, read }, undefined);
    const output: unknown = await settings.invoke(operation.procedure, {
      path,
      type,
      ctx,
      signal,
      batchIndex: 0,
      getRawInput,
    });
    // A query has no effect, so that the procedure may refuse the caller first.
    if (takesNothing) rejectQuery(exchange.search);
    const answer = answerOf(settings, exchange, target, output);
    if (attempt) await keep(settings, exchange, target, ctx, attempt.complete(answer));
    send(exchange, answer);
  } catch (cause) {
    if (cause instanceof IdempotentReplay) return send(exchange, again(cause));
    if (attempt) await keep(settings, exchange, target, ctx, attempt.abandon());
    fail(settings, exchange, target, ctx, cause);
  } finally {
    disarm();
  }
}

const again = ({ answer }: IdempotentReplay): RestResponse => ({
  ...answer,
  headers: { ...answer.headers, 'idempotency-replayed': 'true' },
  links: [],
});

function answerOf<TRouter extends AnyTRPCRouter>(
  { base }: Settings<TRouter>,
  { req, path, search, input }: Exchange,
  { route }: Target,
  output: unknown,
): RestResponse {
  return toResponse(output, { req, route, base, path, search, input });
}

function attemptOf<TRouter extends AnyTRPCRouter>(
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
    toResponse: (output) => answerOf(settings, exchange, target, output),
  });
}

/**
 * The effect has taken place, or has not: that the store could not note it is told, but changes
 * nothing of the answer.
 */
async function keep<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  target: Target,
  ctx: inferRouterContext<TRouter> | undefined,
  noting: Promise<void>,
): Promise<void> {
  try {
    await noting;
  } catch (cause) {
    report(settings, exchange, target, ctx, cause, 500);
  }
}

function asBadRequest<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw toBadRequest(cause);
  }
}

/** What is handed on if the conditions of a write hold. */
const compare = (write: ConditionalWrite, input: unknown): Promise<unknown> =>
  applyPreconditions(write, input).catch((cause: unknown) => {
    throw toBadRequest(cause);
  });

/**
 * Reads the input when the procedure first asks for it, which is after it has looked at who calls.
 */
function inputOf<TRouter extends AnyTRPCRouter>(
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
    !reader.takesInput &&
    hasBody(route.method) &&
    announcesBody(req) &&
    req.headers['content-type']
  )
    checkBodyType(req, route);
  let reading: Promise<unknown> | undefined;
  const read = async () => {
    const sent = await readInput({ req, route, values, search, bodyLimit });
    exchange.input = sent;
    const write: ConditionalWrite = { route, headers: req.headers, read: readResource };
    exchange.input = route.method === 'GET' ? sent : asBadRequest(() => takeVersion(write, sent));
    // A repeated request gets the first answer, though the state has changed since.
    if (attempt) await attempt.begin(exchange.input);
    if (route.method === 'GET') return sent;
    exchange.input = await compare(write, exchange.input);
    return exchange.input;
  };
  return () => {
    reading ??= read();
    return reading;
  };
}
