import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import type { ResponseMeta, TRPCRequestInfo } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import type { Exchange, Settings } from '../exchange.js';

export interface Head {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

interface HeadOptions extends Head {
  readonly data: TRPCResponse[];
  readonly errors: TRPCError[];
}

/** Default content type of tRPC's `Response` if the request is rejected before any call. */
export const rejectionContentType = 'text/plain;charset=UTF-8';

/** Computes status and headers, and applies `responseMeta` if it is set. */
export function createHead(
  settings: Settings,
  exchange: Exchange | undefined,
  { status, headers, data, errors }: HeadOptions,
): Head {
  const { responseMeta } = settings.options;
  headers.vary = baseVary;
  if (responseMeta === undefined) return { status, headers };
  const info = exchange && describeRequest(exchange);
  const paths = info?.calls.map((call) => call.path);
  const type = exchange?.type ?? 'unknown';
  const meta = responseMeta({
    ctx: exchange?.ctx,
    info,
    paths,
    data,
    errors,
    eagerGeneration: false,
    type,
  });
  const merged = new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
  applyHeaders(merged, meta.headers);
  const cookies = merged.getSetCookie();
  const all: OutgoingHttpHeaders = Object.fromEntries(merged);
  return {
    status: meta.status || status,
    headers: cookies.length > 0 ? { ...all, 'set-cookie': cookies } : all,
  };
}

/** Merges headers: a text value replaces, a list or a `Headers` object is added. */
function applyHeaders(merged: Headers, headers: ResponseMeta['headers']): void {
  if (headers instanceof Headers) {
    for (const [name, value] of headers) merged.append(name, value);
    return;
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string') merged.set(name, value);
    else for (const item of value ?? []) merged.append(name, item);
  }
}

function describeRequest({ calls, type, isBatch, inputs, req, signal }: Exchange): TRPCRequestInfo {
  return {
    isBatchCall: isBatch,
    accept: null,
    type,
    connectionParams: null,
    signal,
    url: new URL(req.url ?? '/', 'http://localhost'),
    calls: calls.map(({ path, procedure, index }) => ({
      path,
      procedure: procedure ?? null,
      batchIndex: index,
      getRawInput: () => inputs.read(index),
      result: () => inputs.peek(index),
    })),
  };
}

/** A response that is ready to be sent. */
interface RpcResponse extends Head {
  readonly body: string;
}

/** `Vary` of every response, in tRPC's order. */
const baseVary = 'trpc-accept, accept';

/**
 * Merges `Vary` with values from middleware: CORS needs its `Origin`, which tRPC's adapter would
 * drop.
 */
function mergeVary(
  headers: OutgoingHttpHeaders,
  before: number | string | readonly string[] | undefined,
): void {
  if (before !== undefined && headers.vary !== undefined)
    headers.vary = `${String(before)}, ${String(headers.vary)}`;
}

/**
 * Sends a response. A status that a procedure has set on the response wins, as with tRPC's adapter.
 */
export function send(res: ServerResponse, { status, headers, body }: RpcResponse): void {
  if (res.headersSent || res.destroyed) return;
  mergeVary(headers, res.getHeader('vary'));
  headers['content-length'] = Buffer.byteLength(body);
  res.writeHead(res.statusCode === 200 ? status : res.statusCode, headers);
  res.end(body);
}
