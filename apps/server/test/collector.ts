import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Fake Sentry server: https://develop.sentry.dev/sdk/foundations/envelopes/ */
export interface Collector {
  dsn: string;
  /** All received requests, with headers and bodies. */
  received: string[];
  /** Returns the received events. */
  events(): ReportedEvent[];
  close(): Promise<void>;
}

interface ReportedEvent {
  release?: string;
  environment?: string;
  tags?: Record<string, string>;
  user?: object;
  exception: { values: { type: string; value: string; mechanism?: object }[] };
}

/** Starts a collector that accepts envelopes; if `silent`, it never responds. */
export async function startCollector({ silent = false } = {}): Promise<Collector> {
  const received: string[] = [];
  const bodies: string[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const body = Buffer.concat(chunks).toString();
        received.push(`${req.method} ${req.url}\n${req.rawHeaders.join('\n')}\n\n${body}`);
        bodies.push(body);
        if (!silent) res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    dsn: `http://${'c0ffee'.repeat(5)}00@127.0.0.1:${port}/42`,
    received,
    events: () =>
      bodies.flatMap((body) => {
        const [, header = '{}', payload = '{}'] = body.split('\n');
        return JSON.parse(header).type === 'event' ? [JSON.parse(payload)] : [];
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
