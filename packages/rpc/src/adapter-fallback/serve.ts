import type { IncomingMessage, ServerResponse } from 'node:http';
import { announcesBody } from '@synap/http';
import type { AnyTRPCRouter } from '@trpc/server';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import type { ResponseMeta, TRPCRequestInfo } from '@trpc/server/http';
import { isClientDisconnect } from '../client-disconnect.js';
import type { Incoming } from '../exchange.js';
import type { RpcCall } from '../options.js';

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
