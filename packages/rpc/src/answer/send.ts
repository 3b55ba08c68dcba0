import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** An answer as it goes out. */
export interface RpcResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** What the answers of one address differ by, in tRPC's order. */
export const ownVary = 'trpc-accept, accept';

/**
 * `Vary` with what middleware has set before: CORS needs its `Origin` there, which tRPC's own
 * adapter would drop.
 */
function mergeVary(
  headers: OutgoingHttpHeaders,
  before: number | string | readonly string[] | undefined,
): void {
  if (before !== undefined && headers.vary !== undefined)
    headers.vary = `${String(before)}, ${String(headers.vary)}`;
}

/**
 * Sends an answer, once. As with tRPC's adapter, a status that a procedure has set on the response
 * itself wins.
 */
export function send(res: ServerResponse, { status, headers, body }: RpcResponse): void {
  if (res.headersSent || res.destroyed) return;
  mergeVary(headers, res.getHeader('vary'));
  headers['content-length'] = Buffer.byteLength(body);
  res.writeHead(res.statusCode === 200 ? status : res.statusCode, headers);
  res.end(body);
}
