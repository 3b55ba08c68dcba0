import { connect, type Socket } from 'node:net';
import { until } from '@synap/testing';
import { afterEach, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { get, readToEnd, readUntil } from './listener-under-test.js';

const running: ServerUnderTest[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Parameters<typeof startServerUnderTest>[0]) {
  const server = await startServerUnderTest(options);
  running.push(server);
  const open = (text: string) => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1').on(
      'error',
      () => undefined,
    );
    socket.write(text);
    sockets.push(socket);
    return socket;
  };
  return { server, open };
}

it('HTTP_MAX_CONNECTIONS limits the connections, and metrics show them', async () => {
  const variables = { HTTP_MAX_CONNECTIONS: '3', METRICS_TOKEN: 'a-token-for-the-metrics' };
  const { server, open } = await start({ variables, connectionLimits: { sweepMs: 50 } });
  const kept = [open(get('/healthz')), open(get('/healthz')), open(get('/healthz'))];
  await Promise.all(kept.map((socket) => readUntil(socket, 'ok')));
  await readToEnd(open(get('/healthz')));
  const [first] = kept;
  let metrics = '';
  await until(async () => {
    first?.write(get('/metrics', 'authorization: Bearer a-token-for-the-metrics'));
    metrics = first ? await readUntil(first, 'http_connections_closed_total{') : '';
    return metrics.includes('http_connections_open 3');
  });
  expect(metrics).toContain('http_connections_closed_total{reason="too_many"} 1');
  expect(metrics).toMatch(/^http_held_bytes 0$/m);
  expect(server.logged.filter((line) => line.includes('"closed":{"too_many":1}'))).toHaveLength(1);
});

it('a client that does not read /docs is cut, and the next one is served', async () => {
  const { server, open } = await start({ connectionLimits: { stallMs: 500 } });
  const script = get('/docs/assets/swagger-ui-bundle.js');
  // More than the system buffers.
  open(script.repeat(20));
  await until(() => server.logged.some((line) => line.includes('"stalled":1')));
  const page = await fetch(`${server.origin}/docs/assets/swagger-ui-bundle.js`);
  expect([page.status, (await page.arrayBuffer()).byteLength]).toEqual([
    200,
    Number(page.headers.get('content-length')),
  ]);
});
