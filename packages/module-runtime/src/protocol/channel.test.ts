import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChannelOptions, openChannel } from './channel.js';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

/** Returns two ends of a real connection. */
async function connectPair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const near = connect(address.port, '127.0.0.1');
  const [far]: Socket[] = await once(server, 'connection');
  if (!far) throw new Error('No client connected');
  onTestFinished(() => void [near, far].map((socket) => socket.destroy()));
  server.close();
  return [near, far];
}

const largest = { sent: 1_000_000, received: 500_000 };

async function listen(socket: Socket, handle: ChannelOptions['onMessage'] = () => undefined) {
  const messages: unknown[] = [];
  const ends: (string | undefined)[] = [];
  const channel = openChannel<unknown>(socket, {
    largest,
    onMessage: (message, bytes) => {
      if (message === 'refuse me') throw new Error('no');
      messages.push(message);
      return handle(message, bytes);
    },
    onEnd: (fault) => ends.push(fault),
  });
  return { channel, messages, ends };
}

function frame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/** Cuts first into single bytes across two frames, then into irregular pieces. */
function* cut(bytes: Buffer) {
  for (
    let from = 0, length = 1;
    from < bytes.length;
    from += length, length = from < 50 ? 1 : 7_001
  ) {
    yield bytes.subarray(from, from + length);
  }
}

describe('a channel', () => {
  it('delivers complete messages in order, however they are split on the way', async () => {
    const [near, far] = await connectPair();
    const { messages } = await listen(far);
    const sent = [1, 'zwölf ☃', { a: [null, { b: 'x'.repeat(300_000) }] }, []];
    for (const part of cut(Buffer.concat(sent.map(frame)))) near.write(part);
    await expect.poll(() => messages, soon).toEqual(sent);
  });

  it('sends what the other side reads', async () => {
    const [near, far] = await connectPair();
    const { messages } = await listen(far);
    const { channel } = await listen(near);
    await channel.send({ text: 'zwölf ☃', none: undefined });
    await expect.poll(() => messages, soon).toEqual([{ text: 'zwölf ☃' }]);
  });

  it('ends with a fault on the header of an oversized message, before its body is read', async () => {
    const [near, far] = await connectPair();
    const { ends } = await listen(far);
    near.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1]));
    await expect.poll(() => ends, soon).toEqual(['a message of 2147483647 bytes']);
  });

  it.each(['not json', '"refuse me"'])(
    'ends with a fault when a message cannot be taken: %s',
    async (body) => {
      const [near, far] = await connectPair();
      const { ends } = await listen(far);
      near.write(Buffer.from([0, 0, 0, body.length, ...Buffer.from(body)]));
      await expect
        .poll(() => ends, soon)
        .toEqual([expect.stringMatching(/^a message that could not be taken/)]);
    },
  );

  it('does not send what the other side would reject', async () => {
    const [near] = await connectPair();
    const { channel } = await listen(near);
    expect(() => channel.send('x'.repeat(largest.sent))).toThrow(RangeError);
  });

  it('reads nothing more from the pipe until a message is handled', async () => {
    const [near, far] = await connectPair();
    let done = () => {};
    const dealtWith = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { messages } = await listen(far, () => dealtWith);
    const message = 'x'.repeat(100_000);
    const flood = Array.from({ length: 500 }, () => near.write(frame(message)));
    await expect.poll(() => messages.length, soon).toBe(1);
    // The buffers of both sides fill; the rest stays with the sender.
    for (let left = -1; left !== near.writableLength; await delay(50)) left = near.writableLength;
    expect(far.bytesRead).toBeLessThan(500_000);
    expect(near.writableLength).toBeGreaterThan(20_000_000);
    expect(messages.length).toBe(1);
    done();
    await expect.poll(() => messages.length, soon).toBe(flood.length);
  });

  it('yields to the rest of the process while it reads', async () => {
    const [near, far] = await connectPair();
    const turns: number[] = [];
    const { messages } = await listen(far);
    let waiting = true;
    const turn = () => {
      turns.push(messages.length);
      if (waiting) setImmediate(turn);
    };
    setImmediate(turn);
    near.write(Buffer.concat(Array.from({ length: 5_000 }, (_, n) => frame(n))));
    await expect.poll(() => messages.length, soon).toBe(5_000);
    waiting = false;
    const most = Math.max(...turns.map((read, index) => read - (turns[index - 1] ?? 0)));
    expect(most).toBeLessThanOrEqual(100);
  });

  it('resolves a send when the other side has accepted the message, or is gone', async () => {
    const [near, far] = await connectPair();
    const { channel } = await listen(near);
    await channel.send('small');
    let taken = 0;
    const sending = Array.from({ length: 100 }, () =>
      channel.send('x'.repeat(500_000)).then(() => (taken += 1)),
    );
    for (let before = -1; before !== near.writableLength; await delay(50))
      before = near.writableLength;
    expect(taken).toBeLessThan(sending.length);
    far.destroy();
    await Promise.all(sending);
    await channel.send('too late');
  });

  it('reports once that the other side is gone', async () => {
    const [near, far] = await connectPair();
    const { ends } = await listen(far);
    near.destroy();
    await expect.poll(() => ends, soon).toEqual([undefined]);
  });
});
