import { request } from 'node:http';
import {
  type ApiCall,
  type ApiResponse,
  readRestResponse,
  readRpcResponse,
  restRequest,
  rpcRequest,
} from './clients.js';
import { type Procedure, routeOf } from './procedures.js';

/** Announces a body that never arrives, and waits for the response. */
function announceOnly(address: string, method: string, { token }: ApiCall): Promise<Response> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': '20',
      authorization: `Bearer ${token}`,
    };
    const outgoing = request(address, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => void chunks.push(chunk));
      incoming.on('end', () => {
        outgoing.destroy();
        const rawHeaders = Object.entries(incoming.headers).map(
          ([name, value]): [string, string] => [name, String(value)],
        );
        resolve(
          new Response(Buffer.concat(chunks).toString(), {
            status: incoming.statusCode,
            headers: rawHeaders,
          }),
        );
      });
    });
    outgoing.on('error', reject).flushHeaders();
  });
}

/**
 * Calls a mutation over both transports without sending the body. Resolves when the server times
 * out.
 */
export function callWithoutBody(
  origin: string,
  procedure: Procedure,
  call: ApiCall,
): Promise<ApiResponse[]> {
  const { method } = routeOf(procedure);
  const rest = announceOnly(
    `${origin}/api/v1${restRequest(procedure, call.input).target}`,
    method,
    call,
  ).then(readRestResponse);
  const rpc = announceOnly(
    `${origin}/trpc/${rpcRequest(procedure, call.input).target}`,
    'POST',
    call,
  ).then(readRpcResponse);
  return Promise.all([rest, rpc]);
}
