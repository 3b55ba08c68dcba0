import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** A malformed request: its head or body cannot be parsed, is too large or does not arrive. */
export interface RequestFault {
  readonly status: number;
  readonly detail: string;
  /** Origin, if the bytes read last contain it. */
  readonly origin: string | undefined;
  readonly address: string | undefined;
}

export interface FaultResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type FaultResponder = (fault: RequestFault) => FaultResponse;

/** Milliseconds for a client to read the response and close the connection. */
const graceMs = 2000;
/**
 * Bytes to read and discard meanwhile. Unread bytes would reset the connection and could lose the
 * response.
 */
const drainBytes = 64 * 1024;
/** Bytes of a packet that are searched for headers. */
const searchedBytes = 16 * 1024;

const known: Readonly<Record<string, { status: number; detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'The request line and the headers are larger than 16 KB.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    detail: 'The chunk extensions of the body are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    detail: 'The head of the request did not arrive in time.',
  },
};

/**
 * Reads the fault from an error of Node's HTTP server; undefined if the connection itself failed.
 */
export function readFault(
  error: NodeJS.ErrnoException & { rawPacket?: unknown },
  socket: Socket,
): RequestFault | undefined {
  const { code = '', rawPacket } = error;
  if (!code.startsWith('HPE_') && known[code] === undefined) return undefined;
  const { status, detail } = known[code] ?? {
    status: 400,
    detail: 'The request is not valid HTTP.',
  };
  const text = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1', 0, searchedBytes) : '';
  return {
    status,
    detail,
    origin: /\norigin:[ \t]*(\S{1,255})\r?\n/i.exec(text)?.[1],
    address: socket.remoteAddress,
  };
}

/**
 * Sends a response, if given, and closes the connection: in order if the client cooperates, else
 * after `graceMs`.
 */
export function endSocket(socket: Socket, response?: FaultResponse): void {
  if (!socket.writable) return void socket.destroy();
  const limit = socket.bytesRead + drainBytes;
  // Removes the failed parser, which would report each further packet.
  socket.removeAllListeners('data');
  socket
    .on('data', () => {
      if (socket.bytesRead > limit) socket.pause();
    })
    .resume();
  const timer = setTimeout(() => socket.destroy(), graceMs);
  socket.once('close', () => clearTimeout(timer));
  socket.end(response === undefined ? '' : textOf(response));
}

function textOf({ status, headers, body }: FaultResponse): string {
  const fields = {
    ...headers,
    date: new Date().toUTCString(),
    connection: 'close',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}
