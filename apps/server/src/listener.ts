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
} from './http/connections/index.js';

export interface Listener {
  port: number;
  /**
   * Ends keep-alive: from now on each connection gets one more answer, with `Connection: close`.
   * New ones are accepted.
   */
  endKeepAlive(): void;
  /**
   * Answers what the system has accepted, then closes the port. Open connections have `lingerMs` to
   * send a request and end with its answer; after the given milliseconds they are cut.
   */
  close(timeoutMs: number): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  /** Names the port in errors; default `PORT`. */
  variable?: string;
  limits: ConnectionLimits;
  observer: ConnectionObserver;
  /** Answers requests that Node refuses. */
  respondToFault: FaultResponder;
  log: Pick<Logger, 'warn'>;
}

/**
 * Connections that may wait to be accepted; the system may allow fewer. With Node's 511, a burst
 * makes others wait for a second.
 */
const backlog = 4096;

/**
 * Opens the port. Requests have no time-out of the server's own, because uploads may take long:
 * calls have deadlines.
 */
export async function listen(
  app: RequestListener,
  { host, port, variable = 'PORT', limits, observer, respondToFault, log }: ListenOptions,
): Promise<Listener> {
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: 0,
    // The application refuses a request without a host, in a body that says so.
    requireHostHeader: false,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.sweepMs,
    // Finds clients that are gone without a word, such as subscribers to whom nothing is sent.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  });
  // Node drops headers past the 2000th in silence, such as a second Host. Their size has a bound
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

/** Why a port cannot be opened, as a fault of the setting `name`. */
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
      message: `${port} is taken: end what uses it, or choose another with ${variable}=…`,
      isTaken: true,
    };
  const fault = (name: string, message: string): ListenFault => ({ name, message, isTaken: false });
  if (code === 'EACCES') return fault(variable, `${port} needs more rights: choose one above 1023`);
  if (code === 'EADDRNOTAVAIL')
    return fault(
      'HOST',
      `"${host}" is no address of this machine: 127.0.0.1 is this machine alone, 0.0.0.0 all`,
    );
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(code))
    return fault('HOST', `"${host}" does not resolve to an address`);
  const reason = error instanceof Error ? error.message : String(error);
  return fault(`HOST, ${variable}`, `cannot listen on ${host}:${port}: ${reason}`);
}

/** Milliseconds between two looks for connections that have become idle. */
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
  /** Under load a turn is only short if requests wait meanwhile. */
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
      // Ends the timer of the HTTP server, too.
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
      // Not the method of HTTP servers: it cuts idle connections at once, also those whose request
      // has just arrived.
      NetServer.prototype.close.call(server, closed);
      closeIdleAfter(lingerMs);
    };
    if (timeoutMs > 0) doWhenQuiet(stopListening);
    else stopListening();
  });
}
