import { isRecord } from '@synap/http';
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, type inferRouterContext } from '@trpc/server';
import { type Exchange, send, type Target } from './exchange.js';
import { statusOf } from './problem.js';
import { errorFormatOf } from './response/error-formats.js';
import { toFailure } from './response/failure.js';
import type { Settings } from './settings.js';

/** Passes an error to the `onError` hook. */
export function notifyOnError<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  { req, requestId }: Exchange,
  target: Target | undefined,
  ctx: inferRouterContext<TRouter> | undefined,
  cause: unknown,
  status: number,
): void {
  const operation = target?.route.operation;
  const error = getTRPCErrorFromUnknown(cause);
  settings.options.onError?.({
    error,
    status,
    requestId,
    req,
    path: operation?.path,
    type: operation?.type ?? 'unknown',
    ctx,
  });
}

/** Sends an error as a problem and calls `onError`. Does neither if the client disconnected. */
export function sendError<TRouter extends AnyTRPCRouter>(
  settings: Settings<TRouter>,
  exchange: Exchange,
  target: Target | undefined,
  ctx: inferRouterContext<TRouter> | undefined,
  cause: unknown,
): void {
  const { req, res, requestId, path: instance } = exchange;
  const error = getTRPCErrorFromUnknown(cause);
  if (res.destroyed || req.socket.destroyed) return;
  // The deadline has already sent a response. Report the late error, unless the abort caused it.
  if (res.headersSent) {
    if (error.cause?.name !== 'AbortError')
      notifyOnError(settings, exchange, target, ctx, error, statusOf(error));
    return;
  }
  const meta = target?.route.operation.meta;
  const { problem, headers } = toFailure(error, {
    requestId,
    instance,
    readSource: settings.options.readProblemSource,
    staleVersionCode: settings.staleVersionCode,
    versioned: meta?.versioned === true,
    method: req.method ?? 'GET',
    isConditional:
      req.headers['if-match'] !== undefined || req.headers['if-none-match'] !== undefined,
    hasVersion: isRecord(exchange.input) && exchange.input.version !== undefined,
  });
  const format = meta && errorFormatOf(meta);
  const ownStatus = format?.statusOf(problem.status);
  const status = ownStatus ?? problem.status;
  headers['content-type'] = format && ownStatus ? format.mediaType : 'application/problem+json';
  Object.assign(headers, format?.headers);
  // The error format may have replaced 401 or 403, so that a challenge no longer applies.
  if (status !== problem.status) delete headers['www-authenticate'];
  if (status === 401) headers['www-authenticate'] ??= settings.options.challenge ?? 'Bearer';
  if (meta?.noStore) headers['cache-control'] = 'no-store';
  const body = JSON.stringify(format && ownStatus ? format.write(problem) : problem);
  send(exchange, { status, headers, links: [], body });
  notifyOnError(settings, exchange, target, ctx, error, status);
}
