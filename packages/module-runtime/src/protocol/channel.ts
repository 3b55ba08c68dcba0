import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../message-of.js';

/** A frame is four bytes of length (big-endian) and as many of JSON in UTF-8. */
const headerBytes = 4;

/** Bytes after which reading yields to the rest of the process. */
const bytesPerTurn = 64 * 1024;
const messagesPerTurn = 50;

export interface Channel<Out> {
  /**
   * Resolves when the other side's pipe has accepted the message, or the channel has ended.
   * @throws RangeError if the message is larger than `largest.sent`
   */
  send(message: Out): Promise<void>;
  close(): void;
}

export interface ChannelOptions {
  /** Maximum bytes of a message in each direction. */
  readonly largest: { readonly sent: number; readonly received: number };
  /**
   * Receives one message, parsed but not validated. The next one is read, also from the pipe, after
   * this resolves.
   */
  onMessage(message: unknown, bytes: number): void | Promise<void>;
  /** The other side closed the connection, or sent an invalid frame. */
  onEnd(fault?: string): void;
}

/**
 * Sends messages over a socket instead of Node's IPC channel. Messages have a maximum size, the
 * reader sets the pace, and code that uses `process.send` cannot write to it by accident.
 */
export function openChannel<Out>(
  socket: Duplex,
  { largest, onMessage, onEnd }: ChannelOptions,
): Channel<Out> {
  let ended = false;
  const end = (fault?: string) => {
    if (ended) return;
    ended = true;
    socket.destroy();
    onEnd(fault);
  };
  socket.on('close', () => end());
  socket.on('error', () => end());
  readFrames(socket, largest.received, onMessage).then(end, () => end());

  return {
    send(message) {
      const body = Buffer.from(JSON.stringify(message));
      if (body.length > largest.sent)
        throw new RangeError(`A message of ${body.length} bytes is larger than ${largest.sent}`);
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32BE(body.length);
      if (ended) return Promise.resolve();
      return new Promise((resolve) => {
        socket.write(Buffer.concat([header, body]), () => resolve());
      });
    },
    close: () => end(),
  };
}

/**
 * Splits the stream into frames, one at a time.
 * @returns the reason if the stream is no longer valid; rejects if it breaks
 */
async function readFrames(
  socket: Duplex,
  largest: number,
  onMessage: ChannelOptions['onMessage'],
): Promise<string | undefined> {
  const pause = createTurns();
  let parts: Buffer[] = [];
  let held = 0;
  let needed = headerBytes;
  // Iteration reads at most the stream's buffer while a message is handled.
  for await (const chunk of socket) {
    parts.push(chunk);
    held += chunk.length;
    if (held < needed) continue;
    let bytes = Buffer.concat(parts);
    while (bytes.length >= headerBytes) {
      const length = bytes.readUInt32BE(0);
      if (length > largest) return `a message of ${length} bytes`;
      needed = headerBytes + length;
      if (bytes.length < needed) break;
      try {
        await onMessage(JSON.parse(bytes.toString('utf8', headerBytes, needed)), length);
      } catch (error) {
        return `a message that could not be taken (${messageOf(error)})`;
      }
      bytes = bytes.subarray(needed);
      needed = headerBytes;
      await pause(length);
    }
    parts = bytes.length > 0 ? [bytes] : [];
    held = bytes.length;
  }
  return undefined;
}

/** Parsing blocks the process in proportion to its input, so this yields in between. */
function createTurns(): (bytes: number) => Promise<void> | undefined {
  let messages = 0;
  let taken = 0;
  return (bytes) => {
    messages += 1;
    taken += bytes;
    if (messages < messagesPerTurn && taken < bytesPerTurn) return undefined;
    [messages, taken] = [0, 0];
    return nextTurn();
  };
}
