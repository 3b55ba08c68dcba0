import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { endUnreadBody } from '@synap/http';
import { isShared } from '../constant-content.js';
import { endSocket, type FaultResponse } from './faults.js';
import type { ConnectionLimits } from './limits.js';
import type { ScheduleRequest } from './request-scheduler.js';

/** Reason for closing a connection against the client's will. */
export type CloseReason =
  | 'idle'
  | 'stalled'
  | 'slow_reader'
  | 'slow_writer'
  | 'pipelining'
  | 'memory'
  | 'too_many';

/** Approximate memory of a queued request, besides its headers and body. */
const waitingBytes = 4096;
/** Most bytes of a body that a handler buffers; longer bodies are streamed. */
const maxHeldBody = 128 * 1024;

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAt: number;
}

/** Start of a write backlog, and the bytes that the connection had sent before. */
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
 * One connection and its requests, which are served one at a time. Node.js would start all
 * pipelined requests at once and buffer their responses.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #serve: RequestListener;
  readonly #scheduleRequest: ScheduleRequest;
  readonly #waiting: [IncomingMessage, ServerResponse][] = [];
  #current: Exchange | undefined;
  /** True while a request is in progress or queued. */
  #isBusy = false;
  #backlog: Backlog | undefined;
  #isEnding = false;
  #hasFailed = false;
  /** Response to malformed input, sent after the responses to earlier requests. */
  #fault: FaultResponse | undefined;
  #idleSince = performance.now();
  /** Bytes read when the last response ended. */
  #readBefore = 0;

  constructor(socket: Socket, { limits, serve, scheduleRequest }: ConnectionOptions) {
    this.#socket = socket;
    this.#limits = limits;
    this.#serve = serve;
    this.#scheduleRequest = scheduleRequest;
  }

  /** Start of the current request, or end of the previous one. */
  get busySince(): number {
    return this.#current?.startedAt ?? this.#idleSince;
  }

  /** Bytes buffered for this connection; shared content does not count. */
  get heldBytes(): number {
    const waiting = this.#waiting.reduce((sum, [req]) => sum + bytesOf(req), 0);
    if (this.#current === undefined) return waiting;
    const { req, res } = this.#current;
    const response = isShared(res) ? 0 : this.#socket.writableLength;
    const body = req.complete ? 0 : Math.min(this.#received, maxHeldBody);
    return waiting + response + body;
  }

  /** Serves or queues a request. Returns false if too many are queued. */
  accept(req: IncomingMessage, res: ServerResponse): boolean {
    if (this.#isBusy) this.#waiting.push([req, res]);
    else this.#start(req, res);
    return this.#waiting.length <= this.#limits.maxPipelined;
  }

  /** Sends `Connection: close` with the last response, after those to queued requests. */
  end(): void {
    this.#isEnding = true;
    if (this.#current) this.#endAfter(this.#current.res);
  }

  /**
   * Closes the connection after malformed input. Complete requests before it get their responses.
   */
  fail(responseOf: () => FaultResponse): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    // Node.js has removed its own listener.
    this.#socket.on('error', () => undefined);
    const current = this.#current;
    if (!this.#isBusy) endSocket(this.#socket, responseOf());
    else if (current === undefined || current.req.complete) this.#fault = responseOf();
    else if (current.res.headersSent) current.res.once('finish', () => endSocket(this.#socket));
    // Bypasses the handler, which may wait for the body and can no longer respond.
    else endSocket(this.#socket, responseOf());
  }

  /**
   * Reason to close a connection without traffic; undefined while the client waits for the server.
   */
  stalled(): CloseReason | undefined {
    if (this.#socket.writableLength > 0) return 'stalled';
    if (this.#current === undefined) return 'idle';
    return this.#current.req.complete ? undefined : 'stalled';
  }

  /** Reason to close a connection despite traffic. */
  tooSlow(now: number): CloseReason | undefined {
    const { keepAliveMs, headersMs, sweepMs } = this.#limits;
    // Line breaks between requests reset Node's timer, but are not requests.
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

  /** Ignores time in which the server does not read. */
  #isWriterSlow(now: number, { req, startedAt }: Exchange): boolean {
    return (
      !req.complete && req.readableLength === 0 && this.#isBehind(now - startedAt, this.#received)
    );
  }

  /** True if the bytes took longer than the minimum rate allows. */
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

  /** Only without queued requests, because they could not be answered after it. */
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

  /** After `Connection: close` no response can be sent. */
  #startIfOpen(req: IncomingMessage, res: ServerResponse): void {
    if (this.#fault && !req.complete) endSocket(this.#socket, this.#fault);
    else if (this.#socket.writable) this.#start(req, res);
  }
}

const bytesOf = ({ rawHeaders, readableLength }: IncomingMessage): number =>
  rawHeaders.reduce((sum, text) => sum + text.length, waitingBytes + readableLength);
