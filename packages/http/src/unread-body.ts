import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { announcesBody } from './body.js';

/**
 * Bytes of an unread body that are read and dropped. A client that sends first and reads later
 * needs this to receive its response.
 */
const drainBytes = 64 * 1024;
/**
 * Minimum time in milliseconds for a client to receive the response before its connection is
 * destroyed.
 */
const graceMs = 2000;

const watched = new WeakSet<ServerResponse>();

/**
 * Limits the unread body of a request that gets an early response. The body may arrive until the
 * deadline, but only a short one keeps the connection open. A longer one gets `Connection: close`,
 * is read up to 64 KB, and its connection ends. Closing immediately would reset the connection and
 * could lose the response (RFC 9112 §9.6).
 *
 * Call it before anything reads the body or responds; a second call does nothing.
 *
 * @param deadlineMs Milliseconds for the body. Slow clients stay connected until then on purpose,
 *   because they would only reconnect.
 */
export function endUnreadBody(
  req: IncomingMessage,
  res: ServerResponse,
  deadlineMs = 10_000,
): void {
  if (req.complete || !announcesBody(req) || watched.has(res)) return;
  watched.add(res);
  const deadline = performance.now() + deadlineMs;
  if (isShort(req)) {
    res.once('finish', () => awaitRest(req, deadline));
    return;
  }
  beforeHead(res, () => {
    if (!req.complete) res.setHeader('connection', 'close');
  });
  res.once('prefinish', () => {
    if (!req.complete) drain(req, deadline);
  });
}

const isShort = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length']) <= drainBytes;

function awaitRest(req: IncomingMessage, deadline: number): void {
  if (req.complete) return;
  req.resume();
  destroyAfter(remainingMs(deadline), req);
}

/**
 * Calls `prepare` before the response head is written. Sets an own property, because Express
 * replaces the prototype.
 */
function beforeHead(res: ServerResponse, prepare: () => void): void {
  res.writeHead = (...args: [status: number, ...rest: unknown[]]) => {
    prepare();
    Reflect.apply(ServerResponse.prototype.writeHead, res, args);
    return res;
  };
}

/**
 * Drops received bytes up to the limit. Replaces the way Node.js closes the connection after the
 * response.
 */
function drain(req: IncomingMessage, deadline: number): void {
  const { socket } = req;
  const limit = socket.bytesRead + drainBytes;
  let isResponseSent = false;
  const stopAtLimit = () => {
    if (socket.bytesRead <= limit) return;
    req.off('data', stopAtLimit).pause();
    if (isResponseSent) endGracefully(req);
  };
  // Without a reader Node.js would drop the whole body, however long it is.
  req.on('data', stopAtLimit).resume();
  socket.destroySoon = () => {
    const end = () => Socket.prototype.destroySoon.call(socket);
    if (req.complete) return end();
    isResponseSent = true;
    if (req.isPaused()) return endGracefully(req);
    req.once('end', end);
    destroyAfter(remainingMs(deadline), req);
  };
}

/** Half-closes the connection and gives the client time to read the response. */
function endGracefully(req: IncomingMessage): void {
  req.socket.end();
  destroyAfter(graceMs, req);
}

const remainingMs = (deadline: number): number => Math.max(deadline - performance.now(), graceMs);

function destroyAfter(milliseconds: number, req: IncomingMessage): void {
  const { socket } = req;
  const clear = () => {
    clearTimeout(timer);
    req.off('end', clear);
    socket.off('close', clear);
  };
  const timer = setTimeout(() => {
    if (!req.complete) socket.destroy();
  }, milliseconds);
  req.once('end', clear);
  socket.once('close', clear);
}
