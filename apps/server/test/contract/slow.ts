import { request } from 'node:http';
import { type Answer, type Ask, restAnswer, restRequest, rpcAnswer, rpcRequest } from './faces.js';
import { type Procedure, routeOf } from './procedures.js';

/** Announces a body that never comes, and waits for what the server says to that. */
function announceOnly(address: string, method: string, { token }: Ask): Promise<Response> {
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
        const given = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        resolve(
          new Response(Buffer.concat(chunks).toString(), {
            status: incoming.statusCode,
            headers: given,
          }),
        );
      });
    });
    outgoing.on('error', reject).flushHeaders();
  });
}

/**
 * A mutation on both faces whose body does not come: the answers take as long as the server waits.
 */
export function callWithoutBody(origin: string, procedure: Procedure, ask: Ask): Promise<Answer[]> {
  const { method } = routeOf(procedure);
  const rest = announceOnly(
    `${origin}/api/v1${restRequest(procedure, ask.input).target}`,
    method,
    ask,
  ).then(restAnswer);
  const rpc = announceOnly(
    `${origin}/trpc/${rpcRequest(procedure, ask.input).target}`,
    'POST',
    ask,
  ).then(rpcAnswer);
  return Promise.all([rest, rpc]);
}
