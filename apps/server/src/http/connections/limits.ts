import type { Logger } from 'pino';
import { connectionsWithinOpenFiles } from './open-files.js';

/** Time-outs and bounds of the connections of one listener. Times are milliseconds. */
export interface ConnectionLimits {
  /** Concurrent connections; further ones are closed at once. */
  maxConnections: number;
  /** For the head of a request, from the first byte or the opening of the connection. */
  headersMs: number;
  /** For a call, including its body. */
  callMs: number;
  /** Between two requests. */
  keepAliveMs: number;
  /** Without a byte in either direction, while the client must send or receive. */
  stallMs: number;
  /** Before `minBytesPerSecond` counts. */
  graceMs: number;
  /** Average rate at which a client must send a body and receive a response. */
  minBytesPerSecond: number;
  /** Queued requests of one connection (pipelining). */
  maxPipelined: number;
  /** Bytes of responses and bodies that all connections together may buffer. */
  maxHeldBytes: number;
  /** For a request on an open connection, after the listener has closed. */
  lingerMs: number;
  /** Between two checks of all connections. */
  sweepMs: number;
}

/** Defaults, documented in docs/security.md. */
const defaultLimits: Omit<ConnectionLimits, 'maxConnections'> = {
  headersMs: 10_000,
  callMs: 10_000,
  keepAliveMs: 65_000,
  stallMs: 20_000,
  graceMs: 30_000,
  minBytesPerSecond: 8 * 1024,
  maxPipelined: 100,
  maxHeldBytes: 64 * 1024 * 1024,
  lingerMs: 1000,
  sweepMs: 1000,
};

type GivenLimits = Partial<ConnectionLimits> & Pick<ConnectionLimits, 'maxConnections'>;

/**
 * Applies the defaults. Reduces the number of connections, with a warning, if the system allows
 * fewer open files.
 */
export function resolveConnectionLimits(
  given: GivenLimits,
  log: Pick<Logger, 'warn'>,
): ConnectionLimits {
  const { maxConnections: wanted } = given;
  const maxConnections = Math.min(wanted, connectionsWithinOpenFiles() ?? wanted);
  if (maxConnections < wanted)
    log.warn(
      { maxConnections },
      'the limit of open files (ulimit -n) allows fewer connections than HTTP_MAX_CONNECTIONS',
    );
  return { ...defaultLimits, ...given, maxConnections };
}
