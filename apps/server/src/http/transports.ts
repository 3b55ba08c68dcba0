import { type AppRouter, readProblemSource } from '@synap/api';
import type { IdempotencyStore } from '@synap/core';
import { compileWriter, writeSuperjson } from '@synap/json-writer';
import { createRestHandler } from '@synap/rest';
import { createRpcHandler, invokeProcedure, separateOutputParser } from '@synap/rpc';
import { getTRPCErrorShape, type TRPCError, transformTRPCResponse } from '@trpc/server';
import { type CallErrorLogDeps, createCallErrorLog } from './call-error-log.js';
import { type ContextDeps, createContextFactory } from './context.js';
import { maxBatchSize } from './limits/index.js';
import type { ErrorHandler, Middleware } from './middleware.js';
import { asTRPCError } from './problems.js';
import { requestIdOf } from './request-logging.js';

export const rpcPath = '/trpc';
export const restPath = '/api/v1';

/** Largest body in bytes. */
const bodyLimit = 100 * 1024;
/**
 * Largest body of a public procedure in bytes: sign-in, links of mails, invitations. None of them
 * needs more.
 */
const publicBodyLimit = 4 * 1024;
/** Date since which unversioned paths are deprecated; old clients use them. */
const unversionedSince = '2026-11-21';

export interface TransportDeps extends ContextDeps, CallErrorLogDeps {
  router: AppRouter;
  /** Path of `PUBLIC_URL`, a prefix of every URL in responses. */
  basePath: string;
  idempotency: IdempotencyStore;
  /** Longest duration of a call in milliseconds, including its body. */
  callMs: number;
  /** False to write outputs by code compiled from their schemas, without validating them. */
  validateResponses: boolean;
}

/** Returns the body limit of a procedure, the same for RPC and REST. */
function bodyLimitOf(_path: string, meta: unknown): number | undefined {
  const isPublic =
    typeof meta === 'object' && meta !== null && 'access' in meta && meta.access === 'public';
  return isPublic ? publicBodyLimit : undefined;
}

/** Serves the router over the tRPC protocol. */
export function createRpc(deps: TransportDeps): Middleware {
  const contextOf = createContextFactory(deps);
  const never = new AbortController().signal;
  return createRpcHandler({
    router: deps.router,
    basePath: rpcPath,
    maxBatchSize,
    bodyLimit,
    bodyLimitOf,
    deadlineMs: deps.callMs,
    createContext: ({ req, res, signal, calls }) => contextOf(req, res, signal, calls.length),
    refusalContext: ({ req, res }) => contextOf(req, res, never),
    serialize: (_path, output) => writeSuperjson(output),
    compileSerializer: deps.validateResponses
      ? undefined
      : (parser) => compileWriter(parser)?.superjson,
    responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
    onError: createCallErrorLog(deps),
  });
}

/** Rejects a tRPC request before its handler runs, with one error for all its calls. */
export function createRpcErrorHandler(
  deps: Pick<TransportDeps, keyof ContextDeps | 'router'>,
): ErrorHandler {
  const contextOf = createContextFactory(deps);
  const never = new AbortController().signal;
  const { _config: config } = deps.router._def;
  return (req, res, cause) => {
    const error = asTRPCError(cause);
    const ctx = contextOf(req, res, never);
    const shape = getTRPCErrorShape({
      config,
      error,
      ctx,
      type: 'unknown',
      path: undefined,
      input: undefined,
    });
    const body = JSON.stringify(transformTRPCResponse(config, { error: shape }));
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    res.writeHead(shape.data.httpStatus, { ...headers, ...headersOf([error]) }).end(body);
  };
}

const retryAfterOf = (headers: Readonly<Record<string, string>>) =>
  Number(headers['retry-after'] ?? 0);

/** Merges the headers of a batch's errors: the longest wait and the first challenge. */
function headersOf(errors: readonly TRPCError[]): Record<string, string> {
  const all = errors.map((error) => readProblemSource(error)?.headers ?? {});
  const [longest] = all
    .filter((headers) => retryAfterOf(headers) > 0)
    .sort((a, b) => retryAfterOf(b) - retryAfterOf(a));
  const challenge = all.find((headers) => headers['www-authenticate'] !== undefined);
  // A 503 without headers also needs `Retry-After`, such as that of a deadline.
  const retryAfter =
    longest ??
    (errors.some(({ code }) => code === 'SERVICE_UNAVAILABLE') ? { 'retry-after': '5' } : {});
  return { ...challenge, ...retryAfter };
}

/** Serves the router as REST. */
export function createRest(deps: TransportDeps): Middleware {
  const contextOf = createContextFactory(deps);
  return createRestHandler({
    router: deps.router,
    basePath: restPath,
    publicPrefix: deps.basePath,
    deprecatedBasePaths: [{ path: '/api', since: unversionedSince }],
    bodyLimit,
    bodyLimitOf,
    deadlineMs: deps.callMs,
    requestId: requestIdOf,
    invoke: invokeProcedure,
    separateOutputParser: deps.validateResponses ? undefined : separateOutputParser,
    readProblemSource,
    createContext({ req, res, signal }) {
      const context = contextOf(req, res, signal);
      if (req.headers['idempotency-key'] !== undefined) context.call.idempotency = {};
      return context;
    },
    idempotency: deps.idempotency,
    onError: createCallErrorLog(deps),
  });
}
