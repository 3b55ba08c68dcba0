import type { ServerResponse } from 'node:http';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeListeners,
  get,
  readToEnd,
  readUntil,
  request,
  startListener,
} from './listener-under-test.js';

afterEach(closeListeners);

/** More than the system buffers. */
const large = Buffer.alloc(16 * 1024 * 1024, 'a');
const answerLarge = (_req: unknown, res: ServerResponse) => void res.end(large);
const answerOk = (_req: unknown, res: ServerResponse) => void res.end('ok');

describe('a client', () => {
  it('that does not read its response is cut', async () => {
    const { open, closed, state } = await startListener(answerLarge, { stallMs: 50 });
    open(get());
    await until(() => closed.length === 1);
    expect(closed).toEqual(['stalled']);
    await until(() => state.open === 0);
  });

  it('that reads its response gets all of it, in any size', async () => {
    const { open, closed } = await startListener(answerLarge, { stallMs: 10_000, graceMs: 10_000 });
    const text = await readToEnd(open(get('/', 'connection: close')));
    expect(text.length).toBeGreaterThan(large.length);
    expect(closed).toEqual([]);
  });

  it('that reads below the minimum rate is cut, although it keeps reading', async () => {
    const { open, closed } = await startListener(answerLarge, {
      graceMs: 10,
      minBytesPerSecond: 1024 ** 4,
    });
    const socket = open(get());
    socket.on('data', () => {
      socket.pause();
      setTimeout(() => socket.resume(), 10);
    });
    await until(() => closed.length === 1);
    expect(closed).toEqual(['slow_reader']);
  });

  it('that reads slowly, but above the minimum rate, gets the whole response', async () => {
    const { open, closed } = await startListener(answerLarge, {
      graceMs: 10,
      minBytesPerSecond: 1024,
    });
    const socket = open(get('/', 'connection: close'));
    socket.on('data', () => {
      socket.pause();
      setTimeout(() => socket.resume(), 1);
    });
    expect((await readToEnd(socket)).length).toBeGreaterThan(large.length);
    expect(closed).toEqual([]);
  });

  it('that stops in the middle of a body is cut', async () => {
    const { open, closed } = await startListener(
      (req, res) => req.resume().on('end', () => res.end()),
      { stallMs: 50 },
    );
    open(`${request('POST', '/', 'content-length: 100')}0123456789`);
    await until(() => closed.length === 1);
    expect(closed).toEqual(['stalled']);
  });

  it('that sends below the minimum rate is cut, although it keeps sending', async () => {
    const { open, closed } = await startListener((req) => void req.resume(), {
      graceMs: 10,
      minBytesPerSecond: 1024 ** 4,
    });
    const socket = open(request('POST', '/', 'transfer-encoding: chunked'));
    const dribble = setInterval(() => socket.write('1\r\nx\r\n'), 5);
    await until(() => closed.length === 1);
    clearInterval(dribble);
    expect(closed).toEqual(['slow_writer']);
  });

  it('that waits for a server which does not read its body is not cut for that', async () => {
    let proceed = () => {};
    const { open, closed } = await startListener(
      (req, res) => {
        if (req.url === '/dribble') return void req.resume();
        proceed = () => void req.resume().on('end', () => res.end('taken'));
      },
      { graceMs: 10, minBytesPerSecond: 1024 ** 4 },
    );
    const waiting = open(`${request('POST', '/', 'content-length: 20')}0123456789`);
    for (const count of [1, 2, 3]) {
      open(`${request('POST', '/dribble', 'content-length: 20')}0`);
      await until(() => closed.length === count);
    }
    waiting.write('0123456789', proceed);
    await readUntil(waiting, 'taken');
    expect(closed).toEqual(['slow_writer', 'slow_writer', 'slow_writer']);
  });

  it('that sends only line breaks is closed as idle', async () => {
    const { open, closed } = await startListener(answerOk, { keepAliveMs: 100, headersMs: 100 });
    const socket = open(get());
    await readUntil(socket, 'ok');
    const keeper = setInterval(() => socket.write('\r\n'), 10);
    await until(() => closed.length === 1);
    clearInterval(keeper);
    expect(closed).toEqual(['idle']);
  });
});

describe('a stream', () => {
  it('without data stays open while others are cut', async () => {
    const streams: ServerResponse[] = [];
    const { open, closed } = await startListener(
      (req, res) => {
        if (req.url !== '/stream') return void res.end(large);
        res.write('first');
        streams.push(res);
      },
      { stallMs: 50, graceMs: 10, keepAliveMs: 10, headersMs: 100 },
    );
    const subscriber = open(get('/stream'));
    await readUntil(subscriber, 'first');
    for (const count of [1, 2, 3]) {
      open(get());
      await until(() => closed.length === count);
    }
    streams[0]?.write('second');
    await readUntil(subscriber, 'second');
    expect(closed).toEqual(['stalled', 'stalled', 'stalled']);
  });

  it('whose subscriber does not read is cut', async () => {
    const { open, closed } = await startListener(
      (_req, res) => {
        const write = () => {
          while (res.write(Buffer.alloc(65_536)));
        };
        res.on('drain', write);
        write();
      },
      { stallMs: 50 },
    );
    open(get());
    await until(() => closed.length === 1);
    expect(closed).toEqual(['stalled']);
  });
});
