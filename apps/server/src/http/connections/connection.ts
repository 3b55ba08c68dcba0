import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { endUnreadBody } from '@synap/http';
import { isShared } from '../constant-content.js';
import { endSocket, type FaultResponse } from './faults.js';
import type { ConnectionLimits } from './limits.js';
import type { ScheduleRequest } from './request-scheduler.js';

/** Why a connection is closed that its client would have kept. */
export type CloseReason =
  | 'idle'
  | 'stalled'
  | 'slow_reader'
  | 'slow_writer'
  | 'pipelining'
  | 'memory'
  | 'too_many';

/** Memory of a request that waits for its turn, roughly, besides its headers and its body. */
const waitingBytes = 4096;
/** Most of a body that a handler holds before it is parsed; longer bodies are streamed. */
const maxHeldBody = 128 * 1024;

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAt: number;
}

/**
 * An answer that the client has not taken yet: since when, and the bytes of the connection that
 * were taken before.
 */
interface Backlog {
  readonly since: number;
  readonly takenBefore: number;
}

export interface ConnectionOptions {
  readonly limits: ConnectionLimits;
  readonly serve: RequestListener;
  readonly scheduleRequest: ScheduleRequest;
}

/**
 * One connection and its requests. They are served one after the other: Node would start all
 * requests of a pipeline at once and hold their answers.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #serve: RequestListener;
  readonly #scheduleRequest: ScheduleRequest;
  readonly #waiting: [IncomingMessage, ServerResponse][] = [];
  #current: Exchange | undefined;
  /** True from a request on until none waits. */
  #isBusy = false;
  #backlog: Backlog | undefined;
  #isEnding = false;
  #hasFailed = false;
  /** Answer to what came last and is no request, until the requests before it are answered. */
  #fault: FaultResponse | undefined;
  #idleSince = performance.now();
  /** Bytes that had been read when the last request was answered. */
  #readBefore = 0;

  constructor(socket: Socket, { limits, serve, scheduleRequest }: ConnectionOptions) {
    this.#socket = socket;
    this.#limits = limits;
    this.#serve = serve;
    this.#scheduleRequest = scheduleRequest;
  }

  /** When the request under way began, or became the next one. */
  get busySince(): number {
    return this.#current?.startedAt ?? this.#idleSince;
  }

  /** Bytes held in memory for this connection alone; shared content costs nothing. */
  get heldBytes(): number {
    const waiting = this.#waiting.reduce((sum, [req]) => sum + bytesOf(req), 0);
    if (this.#current === undefined) return waiting;
    const { req, res } = this.#current;
    const response = isShared(res) ? 0 : this.#socket.writableLength;
    const body = req.complete ? 0 : Math.min(this.#received, maxHeldBody);
    return waiting + response + body;
  }

  /** False if too many requests wait already. */
  accept(req: IncomingMessage, res: ServerResponse): boolean {
    if (this.#isBusy) this.#waiting.push([req, res]);
    else this.#start(req, res);
    return this.#waiting.length <= this.#limits.maxPipelined;
  }

  /**
   * Makes the next answer, after those to requests that wait already, the last: `Connection:
   * close`.
   */
  end(): void {
    this.#isEnding = true;
    if (this.#current) this.#endAfter(this.#current.res);
  }

  /**
   * Ends the connection for a fault of what came last. Requests that are complete are answered
   * before it.
   */
  fail(responseOf: () => FaultResponse): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    // Node has taken its own listener away.
    this.#socket.on('error', () => undefined);
    const current = this.#current;
    if (!this.#isBusy) endSocket(this.#socket, responseOf());
    else if (current === undefined || current.req.complete) this.#fault = responseOf();
    else if (current.res.headersSent) current.res.once('finish', () => endSocket(this.#socket));
    // The handler is not asked: it may wait for the body, and its answer can no longer be sent.
    else endSocket(this.#socket, responseOf());
  }

  /** Why a connection without traffic is over; undefined while the client waits for the server. */
  stalled(): CloseReason | undefined {
    if (this.#socket.writableLength > 0) return 'stalled';
    if (this.#current === undefined) return 'idle';
    return this.#current.req.complete ? undefined : 'stalled';
  }

  /** Why the connection is over although there is traffic. */
  tooSlow(now: number): CloseReason | undefined {
    const { keepAliveMs, headersMs, sweepMs } = this.#limits;
    // Line breaks between two requests restart Node's timer, but are no request.
    if (this.#current === undefined)
      return now - this.#idleSince > keepAliveMs + headersMs + 5 * sweepMs ? 'idle' : undefined;
    if (this.#isReaderSlow(now)) return 'slow_reader';
    return this.#isWriterSlow(now, this.#current) ? 'slow_writer' : undefined;
  }

  get #received(): number {
    return this.#socket.bytesRead - this.#readBefore;
  }

  #isReaderSlow(now: number): boolean {
    const { bytesWritten, writableLength } = this.#socket;
    if (writableLength === 0) {
      this.#backlog = undefined;
      return false;
    }
    this.#backlog ??= { since: now, takenBefore: bytesWritten - writableLength };
    return this.#isBehind(now - this.#backlog.since, bytesWritten - this.#backlog.takenBefore);
  }

  /** A server that does not read at the moment is not the client's fault. */
  #isWriterSlow(now: number, { req, startedAt }: Exchange): boolean {
    return (
      !req.complete && req.readableLength === 0 && this.#isBehind(now - startedAt, this.#received)
    );
  }

  /** True if so many bytes should have taken less time. */
  #isBehind(milliseconds: number, bytes: number): boolean {
    return milliseconds > this.#limits.graceMs + (bytes / this.#limits.minBytesPerSecond) * 1000;
  }

  #start(req: IncomingMessage, res: ServerResponse): void {
    this.#isBusy = true;
    this.#current = { req, res, startedAt: performance.now() };
    res.once('close', () => this.#next());
    endUnreadBody(req, res, this.#limits.callMs);
    if (this.#isEnding) this.#endAfter(res);
    this.#serve(req, res);
  }

  /** A request that waits could not be answered after it. */
  #endAfter(res: ServerResponse): void {
    if (this.#waiting.length === 0 && !res.headersSent) res.setHeader('connection', 'close');
  }

  #next(): void {
    this.#current = undefined;
    this.#idleSince = performance.now();
    this.#readBefore = this.#socket.bytesRead;
    const next = this.#waiting.shift();
    this.#isBusy = next !== undefined;
    if (next) this.#scheduleRequest(() => this.#startIfOpen(...next));
    else if (this.#fault) endSocket(this.#socket, this.#fault);
  }

  /** After `Connection: close` further answers could not be sent. */
  #startIfOpen(req: IncomingMessage, res: ServerResponse): void {
    if (this.#fault && !req.complete) endSocket(this.#socket, this.#fault);
    else if (this.#socket.writable) this.#start(req, res);
  }
}

const bytesOf = ({ rawHeaders, readableLength }: IncomingMessage): number =>
  rawHeaders.reduce((sum, text) => sum + text.length, waitingBytes + readableLength);
