import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { BenchRequest, Target } from './target.js';

export interface Received {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  body: string;
}

async function read(req: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  return { method: req.method, url: req.url, authorization: req.headers.authorization, body };
}

/** Starts a server for the requests of a target, and records them until the test ends. */
export async function startTarget(
  requests: BenchRequest[],
  statusOf: (received: Received) => number = () => 200,
): Promise<{ target: Target; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (req, res) => {
    const request = await read(req);
    received.push(request);
    res.writeHead(statusOf(request)).end('{"ok":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('No port');
  const origin = `http://127.0.0.1:${address.port}`;
  const target: Target = {
    name: 'target',
    server: { origin, pid: process.pid },
    requests: () => requests,
    check: () => undefined,
  };
  return { target, received };
}
