import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  type CloseReason,
  type ConnectionLimits,
  resolveConnectionLimits,
} from '../../src/http/connections/index.js';
import { listen } from '../../src/http/listener.js';

export interface ListenerUnderTest {
  port: number;
  /** Reasons of closed connections, in order. */
  closed: CloseReason[];
  /** State at the last check of all connections. */
  state: { open: number; heldBytes: number };
  logged: object[];
  /** Opens a connection and sends data. It reads nothing until a listener is added. */
  open(text?: string): Socket;
}

const minute = 60_000;
/** Limits that no test reaches unless it overrides them. */
const distant = {
  headersMs: minute,
  callMs: minute,
  keepAliveMs: minute,
  stallMs: minute,
  graceMs: minute,
  sweepMs: 20,
};

const cleanups: (() => unknown)[] = [];

/** Closes all listeners of a file and their clients. For `afterEach`. */
export async function closeListeners(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Starts a listener like that of the server, with the handler of the test. */
export async function startListener(
  app: RequestListener,
  limits: Partial<ConnectionLimits> = {},
): Promise<ListenerUnderTest> {
  const closed: CloseReason[] = [];
  const logged: object[] = [];
  const state = { open: 0, heldBytes: 0 };
  const log = { warn: (line: object) => void logged.push(line) };
  const { port, close } = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    limits: resolveConnectionLimits({ maxConnections: 100, ...distant, ...limits }, log),
    observer: {
      onClose: (reason) => void closed.push(reason),
      onSweep: (found) => void Object.assign(state, found),
    },
    respondToFault: ({ status, detail }) => ({ status, headers: {}, body: detail }),
    log,
  });
  cleanups.push(() => close(0));
  const open = (text = '') => {
    const socket = connect(port, '127.0.0.1');
    // Most tests expect a cut connection.
    socket.on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    if (text) socket.write(text);
    return socket;
  };
  return { port, closed, state, logged, open };
}

export const get = (path = '/', ...headers: string[]) => request('GET', path, ...headers);

export const request = (method: string, path: string, ...headers: string[]) =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;

/** Reads until the text has arrived. */
export async function readUntil(socket: Socket, text: string): Promise<string> {
  let received = '';
  while (!received.includes(text)) {
    const [chunk] = await once(socket, 'data');
    received += String(chunk);
  }
  return received;
}

/** Reads until the connection ends or fails, and returns the received text. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
