import type { Duplex } from 'node:stream';

/** A frame is four bytes of length (big-endian) and as many of JSON in UTF-8. */
const headerBytes = 4;

/** The largest message either side accepts, in bytes. */
export const maxFrameBytes = 4_000_000;

export interface Channel<Out> {
  /** @throws RangeError when the message is larger than {@link maxFrameBytes}. */
  send(message: Out): void;
  /** Stops and starts reading, so that a flood of messages waits on the other side. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ChannelEvents {
  /** One message as it came, parsed and not yet checked. */
  onMessage(message: unknown): void;
  /** The other side went away, or spoke something that is no frame. */
  onEnd(fault?: string): void;
}

/**
 * Messages over a socket, instead of Node's own IPC channel: a message has a largest size, reading can be paused, and code
 * that finds `process.send` cannot speak on it by accident.
 */
export function openChannel<Out>(socket: Duplex, { onMessage, onEnd }: ChannelEvents): Channel<Out> {
  let ended = false;
  const end = (fault?: string) => {
    if (ended) return;
    ended = true;
    socket.destroy();
    onEnd(fault);
  };
  const read = frameReader(onMessage);
  socket.on('data', (chunk: Buffer) => {
    const fault = ended ? undefined : read(chunk);
    if (fault) end(fault);
  });
  socket.on('close', () => end());
  socket.on('error', () => end());

  return {
    send(message) {
      const body = Buffer.from(JSON.stringify(message));
      if (body.length > maxFrameBytes) throw new RangeError(`A message of ${body.length} bytes is larger than ${maxFrameBytes}`);
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32BE(body.length);
      if (!ended) socket.write(Buffer.concat([header, body]));
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => end(),
  };
}

/** Cuts chunks into frames; returns what is wrong when they are none. */
function frameReader(onMessage: (message: unknown) => void): (chunk: Buffer) => string | undefined {
  let parts: Buffer[] = [];
  let held = 0;
  let needed = headerBytes;
  return (chunk) => {
    parts.push(chunk);
    held += chunk.length;
    if (held < needed) return undefined;
    let bytes = Buffer.concat(parts);
    while (bytes.length >= headerBytes) {
      const length = bytes.readUInt32BE(0);
      if (length > maxFrameBytes) return `a message of ${length} bytes`;
      needed = headerBytes + length;
      if (bytes.length < needed) break;
      try {
        onMessage(JSON.parse(bytes.toString('utf8', headerBytes, needed)));
      } catch (error) {
        return `a message that could not be taken (${error instanceof Error ? error.message : String(error)})`;
      }
      bytes = bytes.subarray(needed);
      needed = headerBytes;
    }
    parts = bytes.length > 0 ? [bytes] : [];
    held = bytes.length;
    return undefined;
  };
}
