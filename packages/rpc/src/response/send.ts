import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A response that is ready to be sent. */
export interface RpcResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** `Vary` of every response, in tRPC's order. */
export const baseVary = 'trpc-accept, accept';

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
