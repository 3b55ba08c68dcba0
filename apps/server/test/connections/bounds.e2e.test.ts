import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { serveConstant } from '../../src/http/constant-content.js';
import {
  closeListeners,
  get,
  readToEnd,
  readUntil,
  request,
  startListener,
} from './listener-under-test.js';

afterEach(closeListeners);

const megabyte = 1024 * 1024;
const answerOk = (_req: unknown, res: ServerResponse) => void res.end('ok');

describe('requests in a pipeline', () => {
  it('are served one after the other, in order', async () => {
    let atOnce = 0;
    let most = 0;
    const { open } = await startListener((req, res) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setImmediate(() => {
        atOnce -= 1;
        res.end(`<${req.url}>`);
      });
    });
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
    const text = await readUntil(open(paths.map((path) => get(path)).join('')), '</49>');
    expect(text.match(/<[^>]+>/g)).toEqual(paths.map((path) => `<${path}>`));
    expect(most).toBe(1);
  });

  it('do not starve other connections, in any number', async () => {
    let answered = 0;
    const { open } = await startListener(
      (req, res) => {
        answered += 1;
        res.end(`<${req.url}>`);
      },
      { maxPipelined: 1000, maxHeldBytes: 1024 * megabyte },
    );
    const pipelines = Array.from({ length: 20 }, () => open().resume());
    const other = open();
    await Promise.all([...pipelines, other].map((socket) => once(socket, 'connect')));
    for (const pipeline of pipelines) pipeline.write(get('/pipeline').repeat(1000));
    other.write(get('/other'));
    await readUntil(other, '</other>');
    expect(answered).toBeLessThan(5000);
    await until(() => answered === 20 * 1000 + 1);
  });

  it('with bodies are separated from them', async () => {
    const { open } = await startListener((req, res) => {
      req.once('data', (chunk) => res.write(`<${chunk}>`)).once('end', () => res.end());
    });
    const post = (body: string) =>
      `${request('POST', '/', `content-length: ${body.length}`)}${body}`;
    const text = await readUntil(open(['one', 'two', 'three'].map(post).join('')), '<three>');
    expect(text.match(/<[^>]+>/g)).toEqual(['<one>', '<two>', '<three>']);
  });

  it('beyond the limit close their connection', async () => {
    let served = 0;
    const countOnly = () => {
      served += 1;
    };
    const { open, closed } = await startListener(countOnly, { maxPipelined: 20 });
    await readToEnd(open(get().repeat(10_000)));
    expect([closed, served]).toEqual([['pipelining'], 1]);
  });

  it('after one that ends the connection are not served', async () => {
    const served: (string | undefined)[] = [];
    const { open } = await startListener((req, res) => {
      served.push(req.url);
      res.writeHead(200, { connection: 'close' }).end('ok');
    });
    await readToEnd(open(get('/last') + get('/never')));
    expect(served).toEqual(['/last']);
  });
});

describe('memory', () => {
  /** More than the system buffers of an unread response. */
  const large = () => Buffer.alloc(16 * megabyte);

  it('held by slow clients is bounded: the oldest requests are cut', async () => {
    let served = 0;
    const { open, closed, state } = await startListener(
      (_req, res) => {
        served += 1;
        res.end(large());
      },
      { maxHeldBytes: 24 * megabyte },
    );
    for (const count of [1, 2, 3]) {
      open(get());
      await until(() => served === count);
    }
    const youngest = open(get('/', 'connection: close'));
    await until(() => served === 4 && closed.length > 0 && state.heldBytes <= 24 * megabyte);
    expect(new Set(closed)).toEqual(new Set(['memory']));
    expect((await readToEnd(youngest)).length).toBeGreaterThan(16 * megabyte);
  });

  it('counts what waits in pipelines', async () => {
    const { open, closed } = await startListener(() => {}, { maxHeldBytes: 8 * 4096 });
    await readToEnd(open(get().repeat(10)));
    expect(closed).toEqual(['memory']);
  });

  it('counts what waits in pipelines also between two of its requests', async () => {
    const { open, closed } = await startListener(answerOk, {
      maxHeldBytes: 8 * 4096,
      maxPipelined: 1000,
      sweepMs: 1,
    });
    const sockets = Array.from({ length: 50 }, () => open().resume());
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.write(get().repeat(1000));
    await until(() => closed.length > 0);
    expect(new Set(closed)).toEqual(new Set(['memory']));
  });

  it('counts incomplete bodies', async () => {
    const { open, closed } = await startListener((req) => void req.resume(), {
      maxHeldBytes: 8 * 1024,
    });
    await readToEnd(open(`${request('POST', '/', 'content-length: 100000')}${'x'.repeat(10_000)}`));
    expect(closed).toEqual(['memory']);
  });

  it('of content shared by all responses is not counted', async () => {
    const { open, closed, state } = await startListener(
      serveConstant({ bytes: large(), extension: '.js' }),
      {
        maxHeldBytes: megabyte,
        stallMs: 500,
      },
    );
    for (let count = 0; count < 5; count += 1) open(get());
    await until(() => closed.length === 5);
    expect([closed, state.heldBytes]).toEqual([Array(5).fill('stalled'), 0]);
  });
});

describe('connections', () => {
  it('beyond the maximum are closed, the others are served', async () => {
    const { open, closed, logged } = await startListener(answerOk, { maxConnections: 2 });
    const first = open(get());
    const second = open(get());
    await Promise.all([readUntil(first, 'ok'), readUntil(second, 'ok')]);
    for (let count = 0; count < 3; count += 1) await readToEnd(open(get()));
    first.write(get());
    await readUntil(first, 'ok');
    expect(closed).toEqual(['too_many', 'too_many', 'too_many']);
    // Logs one line at once, then one summary a minute.
    expect(logged).toEqual([{ closed: { too_many: 1 } }]);
    second.destroy();
    await until(async () => (await readToEnd(open(get('/', 'connection: close')))).includes('ok'));
  });
});
