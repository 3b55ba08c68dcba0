import type { Logger } from 'pino';
import { connectionsWithinOpenFiles } from './open-files.js';

/** Time-outs and bounds of the connections of one listener. Times are milliseconds. */
export interface ConnectionLimits {
  /** Connections at once; further ones are closed as they come. */
  maxConnections: number;
  /** For the head of a request, from the first byte or the opening of the connection. */
  headersMs: number;
  /** For a call, its body included. */
  callMs: number;
  /** Between two requests. */
  keepAliveMs: number;
  /** Without a byte in either direction, while the client has to send or to take one. */
  stallMs: number;
  /** Before `minBytesPerSecond` counts. */
  graceMs: number;
  /** A client must send a body and take an answer at this rate, on average. */
  minBytesPerSecond: number;
  /** Requests of one connection that wait for an answer before them (pipelining). */
  maxPipelined: number;
  /** Bytes of answers and bodies that all connections together may hold in memory. */
  maxHeldBytes: number;
  /** For a request on an open connection, once the listener takes no more connections. */
  lingerMs: number;
  /** Between two looks at all connections. */
  sweepMs: number;
}

/** The parameters of docs/security.md. */
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
 * The limits with their defaults. Fewer connections than wanted, and a warning, if the system
 * allows fewer open files.
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
