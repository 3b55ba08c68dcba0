import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryCluster, temporaryCluster } from '../temporary.test.support.js';
import { type Listening, listenTo } from './listen.js';
import { createPool } from './pool.js';

let cluster: TemporaryCluster;
let pool: pg.Pool;
const open: Listening[] = [];
beforeAll(async () => {
  cluster = await temporaryCluster();
  pool = createPool({ url: cluster.url, size: 2 });
});
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.close();
});
afterAll(async () => {
  await pool.end();
  await cluster.dispose();
});

/** Records the events of a listener in order. */
function listenIn(url = cluster.url, applicationName = 'listener under test') {
  const heard: string[] = [];
  const listening = listenTo({
    url,
    applicationName,
    channel: 'news of "all"',
    heartbeat: { intervalMs: 100, timeoutMs: 300 },
    onMessage: (payload) => void heard.push(payload),
    onListening: () => void heard.push('(listening)'),
    onLost: () => void heard.push('(lost)'),
  });
  open.push(listening);
  return { heard, listening };
}

const send = (payload: string) =>
  pool.query('SELECT pg_notify($1, $2)', ['news of "all"', payload]);
const sessions = async () => {
  const { rows } = await pool.query(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'listener under test'",
  );
  return rows.length;
};
const becomes = (heard: string[], wanted: string[]) =>
  expect.poll(() => heard, { timeout: 10_000 }).toEqual(wanted);

/** A proxy to the database that can be cut or silenced. */
async function wayTo(url: string) {
  const target = Number(new URL(url).port);
  const sockets = new Set<Socket>();
  const state = { silent: false };
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => state.silent || to.write(bytes));
      from.on('error', () => undefined).on('close', () => to.destroy());
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  };
  const port = await listen(0);
  const near = new URL(url);
  near.hostname = '127.0.0.1';
  near.port = String(port);
  return {
    url: near.href,
    fallSilent: () => {
      state.silent = true;
    },
    speakAgain: () => {
      state.silent = false;
    },
    async cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
    restore: () => listen(port),
  };
}

describe('a listener', () => {
  it('receives notifications in order between onListening and close', async () => {
    const { heard, listening } = listenIn();
    await becomes(heard, ['(listening)']);
    for (const payload of ['one', '', 'three']) await send(payload);
    await becomes(heard, ['(listening)', 'one', '', 'three']);
    await listening.close();
    await expect.poll(sessions).toBe(0);
    await send('four');
    expect(heard).toHaveLength(4);
  });

  it('reconnects after its connection was ended, and reports the loss once', async () => {
    const { heard } = listenIn();
    await becomes(heard, ['(listening)']);
    await pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listener under test'",
    );
    await becomes(heard, ['(listening)', '(lost)', '(listening)']);
    await send('again');
    await becomes(heard, ['(listening)', '(lost)', '(listening)', 'again']);
    expect(await sessions()).toBe(1);
  });

  it('reports an unavailable database once, and listens when it is back', async () => {
    const way = await wayTo(cluster.url);
    await way.cut();
    const { heard } = listenIn(way.url);
    await becomes(heard, ['(lost)']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(heard).toEqual(['(lost)']);
    await way.restore();
    await becomes(heard, ['(lost)', '(listening)']);
    await way.cut();
    await becomes(heard, ['(lost)', '(listening)', '(lost)']);
  });

  it('detects a silent network', async () => {
    const way = await wayTo(cluster.url);
    const { heard } = listenIn(way.url);
    await becomes(heard, ['(listening)']);
    way.fallSilent();
    await becomes(heard, ['(listening)', '(lost)']);
    way.speakAgain();
    await becomes(heard, ['(listening)', '(lost)', '(listening)']);
    await way.cut();
  });

  it('ends while it cannot connect', async () => {
    const { heard, listening } = listenIn('postgresql://none:none@127.0.0.1:1/none');
    await becomes(heard, ['(lost)']);
    await listening.close();
    expect(heard).toEqual(['(lost)']);
  });
});
