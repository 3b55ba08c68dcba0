import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { type CloseReason, Connection } from './connection.js';
import { type FaultResponder, readFault } from './faults.js';
import type { ConnectionLimits } from './limits.js';
import { createRequestScheduler } from './request-scheduler.js';

export interface WatchOptions {
  serve: RequestListener;
  limits: ConnectionLimits;
  observer: ConnectionObserver;
  respondToFault: FaultResponder;
  log: Pick<Logger, 'warn'>;
}

export interface ConnectionControl {
  /** Sends one more response per connection, with `Connection: close`. */
  endKeepAlive(): void;
  /** Queues new requests until the returned function is called. */
  hold(): () => void;
}

export interface ConnectionObserver {
  onClose(reason: CloseReason): void;
  /** Called after each check of all connections. */
  onSweep(state: { open: number; heldBytes: number }): void;
}

/** Milliseconds between two log lines. */
const logInterval = 60_000;

/**
 * Closes connections of clients that neither send nor receive in time, and bounds the memory that
 * all connections use.
 */
export function watchConnections(
  server: Server,
  { serve, limits, observer: { onClose, onSweep }, respondToFault, log }: WatchOptions,
): ConnectionControl {
  const connections = new Map<Socket, Connection>();
  const options = { limits, serve, scheduleRequest: createRequestScheduler() };
  const countForLog = createCloseLog(log);
  let isEnding = false;
  /** Requests queued during a hold. */
  let held: (() => void)[] | undefined;

  const count = (reason: CloseReason) => {
    onClose(reason);
    if (reason !== 'idle') countForLog(reason);
  };
  const close = (socket: Socket, reason: CloseReason) => {
    if (socket.destroyed) return;
    // A reset discards data that the system buffers for an unresponsive client.
    if (reason === 'idle') socket.destroy();
    else socket.resetAndDestroy();
    count(reason);
  };

  const sweep = () => {
    const now = performance.now();
    let heldBytes = 0;
    for (const [socket, connection] of connections) {
      const reason = connection.tooSlow(now);
      if (reason) close(socket, reason);
      else heldBytes += connection.heldBytes;
    }
    if (heldBytes > limits.maxHeldBytes) heldBytes = closeOldest(heldBytes);
    onSweep({ open: connections.size, heldBytes });
  };

  /** Closes connections with the oldest requests until the buffered bytes are below the limit. */
  function closeOldest(heldBytes: number): number {
    let left = heldBytes;
    const holding = [...connections].filter(
      ([socket, { heldBytes: own }]) => own > 0 && !socket.destroyed,
    );
    for (const [socket, connection] of holding.sort(([, a], [, b]) => a.busySince - b.busySince)) {
      if (left <= limits.maxHeldBytes) break;
      left -= connection.heldBytes;
      close(socket, 'memory');
    }
    return left;
  }

  server.on('connection', (socket: Socket) => {
    const connection = new Connection(socket, options);
    if (isEnding) connection.end();
    connections.set(socket, connection);
    socket.once('close', () => connections.delete(socket));
  });
  const serveInTurn: RequestListener = (req, res) => {
    const connection = connections.get(req.socket);
    if (connection && !req.socket.destroyed && !connection.accept(req, res))
      close(req.socket, 'pipelining');
  };
  const accept: RequestListener = (req, res) => {
    if (held) held.push(() => serveInTurn(req, res));
    else serveInTurn(req, res);
  };
  server.on('request', accept);
  // An unknown expectation may be ignored (RFC 9110 §10.1.1). Node.js would respond without
  // counting the request.
  server.on('checkExpectation', accept);
  server.on('clientError', (error, socket: Socket) => {
    const fault = readFault(error, socket);
    const connection = connections.get(socket);
    if (fault && connection) connection.fail(() => respondToFault(fault));
    else socket.destroy();
  });
  server.on('connect', ({ headers }, socket: Socket) => {
    const detail = 'CONNECT is not supported: this server is not a proxy.';
    const fault = { status: 400, detail, origin: headers.origin, address: socket.remoteAddress };
    connections.get(socket)?.fail(() => respondToFault(fault));
  });
  server.on('timeout', (socket: Socket) => {
    const reason = connections.get(socket)?.stalled();
    if (reason) close(socket, reason);
  });
  server.on('drop', () => count('too_many'));
  const timer = setInterval(sweep, limits.sweepMs).unref();
  server.once('close', () => clearInterval(timer));

  return {
    endKeepAlive() {
      isEnding = true;
      for (const connection of connections.values()) connection.end();
    },
    hold() {
      const own: (() => void)[] = [];
      held = own;
      return () => {
        held = undefined;
        for (const begin of own) options.scheduleRequest(begin);
      };
    },
  };
}

/** Logs the number of closed connections by reason: at once, then at most once a minute. */
function createCloseLog(log: Pick<Logger, 'warn'>): (reason: CloseReason) => void {
  const closed = new Map<CloseReason, number>();
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    timer = undefined;
    if (closed.size === 0) return;
    log.warn(
      { closed: Object.fromEntries(closed) },
      'closed connections of clients that were too slow or too many',
    );
    closed.clear();
    timer = setTimeout(write, logInterval).unref();
  };
  return (reason) => {
    closed.set(reason, (closed.get(reason) ?? 0) + 1);
    if (timer === undefined) write();
  };
}
