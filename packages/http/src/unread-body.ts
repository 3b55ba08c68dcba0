import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { announcesBody } from './body.js';

/**
 * Bytes of an unread body that are read and dropped, so that a client that sends first and reads
 * then gets its answer.
 */
const drainBytes = 64 * 1024;
/** Milliseconds that a client has at least to take the answer before its connection is cut. */
const graceMs = 2000;

const watched = new WeakSet<ServerResponse>();

/**
 * Bounds the body of a request that is answered before it has arrived: it may still arrive until
 * the deadline, but only a short one lets the connection go on. Any other gets `Connection: close`;
 * past 64 KB it is no longer read, and its connection ends. A cut together with the answer would
 * reset the connection, and the client might lose the answer (RFC 9112 §9.6). Call it before
 * anything reads the body or answers; a second call does nothing.
 *
 * @param deadlineMs Milliseconds for the body. A slow client is kept until then on purpose: it
 *   would only connect again.
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
  cutIn(untilAtLeast(deadline), req);
}

/**
 * Calls `prepare` when the head of the answer is written. An own property, because Express replaces
 * the prototype.
 */
function beforeHead(res: ServerResponse, prepare: () => void): void {
  res.writeHead = (...args: [status: number, ...rest: unknown[]]) => {
    prepare();
    Reflect.apply(ServerResponse.prototype.writeHead, res, args);
    return res;
  };
}

/**
 * Drops what arrives up to the limit, and replaces how Node ends the connection once the answer is
 * sent.
 */
function drain(req: IncomingMessage, deadline: number): void {
  const { socket } = req;
  const limit = socket.bytesRead + drainBytes;
  let isAnswered = false;
  const stopAtLimit = () => {
    if (socket.bytesRead <= limit) return;
    req.off('data', stopAtLimit).pause();
    if (isAnswered) endSoon(req);
  };
  // Without a reader Node itself would drop everything, as long as it comes.
  req.on('data', stopAtLimit).resume();
  socket.destroySoon = () => {
    const end = () => Socket.prototype.destroySoon.call(socket);
    if (req.complete) return end();
    isAnswered = true;
    if (req.isPaused()) return endSoon(req);
    req.once('end', end);
    cutIn(untilAtLeast(deadline), req);
  };
}

/** Says that the answer was all, and gives the client a moment to take it. */
function endSoon(req: IncomingMessage): void {
  req.socket.end();
  cutIn(graceMs, req);
}

const untilAtLeast = (deadline: number): number => Math.max(deadline - performance.now(), graceMs);

function cutIn(milliseconds: number, req: IncomingMessage): void {
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
