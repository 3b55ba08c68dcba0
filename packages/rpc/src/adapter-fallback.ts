import type { IncomingMessage, ServerResponse } from 'node:http';
import { announcesBody, deadlineError } from '@synap/http';
import { type AnyTRPCProcedure, type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import type { ResponseMeta, TRPCRequestInfo } from '@trpc/server/http';
import type { Incoming } from './exchange.js';
import type { RpcCall } from './options.js';
import { isClientDisconnect } from './response/error-response.js';

export interface AdapterOptions {
  /** Path below the base path, percent-encoded. */
  readonly path: string;
  /** Maximum body size in bytes. */
  readonly bodyLimit: number;
  readonly hasDeadline: boolean;
}

/**
 * Serves a request with tRPC's own adapter, with the same options and limits. Used for
 * subscriptions, streamed batches, uploads and rare requests.
 */
export function serveWithTrpcAdapter(
  { settings, req, res }: Incoming,
  { path, bodyLimit, hasDeadline }: AdapterOptions,
): void {
  const { options } = settings;
  const vary = res.getHeader('vary');
  if (announcesBody(req)) pauseAt(bodyLimit, req);
  void nodeHTTPRequestHandler<AnyTRPCRouter, IncomingMessage, ServerResponse>({
    router: hasDeadline ? settings.deadlineRouter : settings.router,
    req,
    res,
    path,
    maxBatchSize: settings.maxBatchSize,
    maxBodySize: bodyLimit,
    allowMethodOverride: false,
    createContext: ({ info }) =>
      options.createContext({ req, res, signal: info.signal, calls: info.calls.map(describe) }),
    onError: (failure) => {
      if (!isClientDisconnect(failure.error, res)) options.onError?.(failure);
    },
    responseMeta: (source) => {
      const meta = options.responseMeta?.(source) ?? {};
      return vary === undefined ? meta : { ...meta, headers: addVary(meta.headers, String(vary)) };
    },
  });
}

/** Stops reading past the limit. The adapter rejects the body, but continues to read it. */
function pauseAt(limit: number, req: IncomingMessage): void {
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) req.pause();
  });
}

function describe({ path, procedure }: TRPCRequestInfo['calls'][number]): RpcCall {
  return { path, type: procedure?._def.type ?? 'unknown', meta: procedure?._def.meta };
}

/** Adds the `Vary` values that middleware has set, which the adapter overwrites. */
function addVary(headers: ResponseMeta['headers'], vary: string): ResponseMeta['headers'] {
  if (!(headers instanceof Headers)) return { ...headers, vary: [vary] };
  const all = new Headers(headers);
  all.append('vary', vary);
  return all;
}

type CallOptions = Parameters<AnyTRPCProcedure>[0];
type Procedures = Record<string | symbol, AnyTRPCProcedure | undefined>;

/**
 * Wraps a router so that its calls fail at the deadline, because tRPC's adapter has none. A stream
 * that has begun has no deadline.
 */
export function createDeadlineRouter(router: AnyTRPCRouter, deadlineMs: number): AnyTRPCRouter {
  const limited = new WeakMap<AnyTRPCProcedure, AnyTRPCProcedure>();
  const limit = (procedure: AnyTRPCProcedure): AnyTRPCProcedure => {
    const proxy = limited.get(procedure) ?? limitProcedure(procedure, deadlineMs);
    limited.set(procedure, proxy);
    return proxy;
  };
  const procedures = new Proxy<Procedures>(router._def.procedures, {
    get(target, path) {
      const procedure = target[path];
      return procedure && limit(procedure);
    },
  });
  return { ...router, _def: { ...router._def, procedures } };
}

function limitProcedure(procedure: AnyTRPCProcedure, deadlineMs: number): AnyTRPCProcedure {
  return new Proxy(procedure, {
    apply: (target, _self, [options]: [CallOptions]) => callWithin(deadlineMs, target, options),
  });
}

async function callWithin(
  deadlineMs: number,
  procedure: AnyTRPCProcedure,
  options: CallOptions,
): Promise<unknown> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const { code, message } = deadlineError(deadlineMs, false);
      reject(new TRPCError({ code, message }));
      controller.abort();
    }, deadlineMs);
  });
  const signal = options.signal
    ? AbortSignal.any([options.signal, controller.signal])
    : controller.signal;
  try {
    return await Promise.race([procedure({ ...options, signal }), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
