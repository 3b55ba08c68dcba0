import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Logger } from 'pino';
import {
  type ConnectionControl,
  type ConnectionLimits,
  type ConnectionObserver,
  type FaultResponder,
  watchConnections,
  whenQuiet,
} from './connections/index.js';

export interface Listener {
  port: number;
  /**
   * Ends keep-alive: each connection gets one more response, with `Connection: close`. New
   * connections are still accepted.
   */
  endKeepAlive(): void;
  /**
   * Serves connections that the system has accepted, then closes the port. Open connections have
   * `lingerMs` to send one more request. After `timeoutMs` all are closed.
   */
  close(timeoutMs: number): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  /**
   * Setting of the port, for errors.
   *
   * @default 'PORT'
   */
  variable?: string;
  limits: ConnectionLimits;
  observer: ConnectionObserver;
  /** Creates responses to requests that Node.js rejects. */
  respondToFault: FaultResponder;
  log: Pick<Logger, 'warn'>;
}

/**
 * Connections that may wait to be accepted; the system may allow fewer. With Node's default of 511,
 * a burst delays others by a second.
 */
const backlog = 4096;

/**
 * Opens the port. Requests have no server time-out, because uploads may take long: calls have
 * deadlines.
 */
export async function listen(
  app: RequestListener,
  { host, port, variable = 'PORT', limits, observer, respondToFault, log }: ListenOptions,
): Promise<Listener> {
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: 0,
    // The application rejects a request without a host, with a problem as the body.
    requireHostHeader: false,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.sweepMs,
    // Detects vanished clients, such as subscribers to which nothing is sent.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  });
  // Node.js silently drops headers past the 2000th, such as a second Host. Their size is limited
  // already.
  server.maxHeadersCount = 0;
  server.timeout = limits.stallMs;
  server.maxConnections = limits.maxConnections;
  const control = watchConnections(server, { serve: app, limits, observer, respondToFault, log });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const { name, message } = listenFault(error, { host, port, variable });
      reject(new Error(`${name}: ${message}`, { cause: error }));
    });
    server.listen({ port, host, backlog }, resolve);
  });
  const { port: listening } = server.address() as AddressInfo;
  const end = (timeoutMs: number) => {
    control.endKeepAlive();
    return close(server, control, { lingerMs: limits.lingerMs, timeoutMs });
  };
  return { port: listening, endKeepAlive: control.endKeepAlive, close: end };
}

/** Reason why a port cannot be opened, with the setting `name` to change. */
export interface ListenFault {
  name: string;
  message: string;
  isTaken: boolean;
}

export function listenFault(
  error: unknown,
  { host, port, variable }: { host: string; port: number; variable: string },
): ListenFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE')
    return {
      name: variable,
      message: `${port} is taken: stop the program that uses it, or choose another with ${variable}=…`,
      isTaken: true,
    };
  const fault = (name: string, message: string): ListenFault => ({ name, message, isTaken: false });
  if (code === 'EACCES') return fault(variable, `${port} needs more rights: choose one above 1023`);
  if (code === 'EADDRNOTAVAIL')
    return fault(
      'HOST',
      `"${host}" is not an address of this machine: use 127.0.0.1 for this machine only, 0.0.0.0 for all interfaces`,
    );
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(code))
    return fault('HOST', `"${host}" does not resolve to an address`);
  const reason = error instanceof Error ? error.message : String(error);
  return fault(`HOST, ${variable}`, `cannot listen on ${host}:${port}: ${reason}`);
}

/** Milliseconds between two checks for idle connections. */
const idleCheckMs = 100;

interface CloseTimes {
  lingerMs: number;
  timeoutMs: number;
}

function close(
  server: Server,
  { hold }: ConnectionControl,
  { lingerMs, timeoutMs }: CloseTimes,
): Promise<void> {
  /** Under load, turns are short only if requests wait meanwhile. */
  const doWhenQuiet = (action: () => void) => {
    const release = hold();
    whenQuiet(server, () => {
      action();
      release();
    });
  };
  return new Promise((resolve) => {
    let isClosed = false;
    let idleCheck: NodeJS.Timeout | undefined;
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
    const closed = () => {
      isClosed = true;
      clearTimeout(idleCheck);
      clearTimeout(cut);
      // Also stops the timer of the HTTP server.
      server.close();
      resolve();
    };
    const closeIdleAfter = (milliseconds: number) => {
      if (isClosed) return;
      const check = () =>
        doWhenQuiet(() => {
          server.closeIdleConnections();
          closeIdleAfter(idleCheckMs);
        });
      idleCheck = setTimeout(check, milliseconds);
    };
    const stopListening = () => {
      // Bypasses the method of HTTP servers, which closes idle connections at once, including those
      // whose request has just arrived.
      NetServer.prototype.close.call(server, closed);
      closeIdleAfter(lingerMs);
    };
    if (timeoutMs > 0) doWhenQuiet(stopListening);
    else stopListening();
  });
}
