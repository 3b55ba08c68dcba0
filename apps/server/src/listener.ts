import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  port: number;
  /** Lets no one in any more and waits for answers under way; cuts what is left after the given milliseconds. */
  close(patience: number): Promise<void>;
}

/** Opens the port with the time-outs of the product: headers 10 s, keep-alive 65 s; requests have timers of their own. */
export async function listen(app: RequestListener, { host, port }: { host: string; port: number }): Promise<Listener> {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 65_000, connectionsCheckingInterval: 2000 },
    app,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, host, port)));
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: (patience) => close(server, patience) };
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new Error(`Port ${port} is taken: end what uses it, or choose another with PORT=…`);
  if (error.code === 'EACCES') return new Error(`Port ${port} needs more rights: choose one above 1023 with PORT=…`);
  return new Error(`Cannot listen on ${host}:${port}: ${error.message}`);
}

function close(server: Server, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
