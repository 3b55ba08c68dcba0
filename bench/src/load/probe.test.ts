import { expect, test } from 'vitest';
import { probeAll } from './probe.js';
import { startTarget } from './server.test.support.js';

const requests = [
  { method: 'GET' as const, path: '/a' },
  { method: 'GET' as const, path: '/b' },
];

test('a probe sends as many requests as it says, in turn', async () => {
  const { target, received } = await startTarget(requests);
  await probeAll({ targets: [target] }, 3);
  expect(received.map(({ url }) => url)).toEqual(['/a', '/b', '/a']);
});

test('a wrong status or content fails, and names target and request', async () => {
  const { target } = await startTarget(requests, ({ url }) => (url === '/b' ? 404 : 200));
  await expect(probeAll({ targets: [target] }, 2)).rejects.toThrow(
    'target: GET /b returned 404: {"ok":true}',
  );
  const check = (body: unknown) => expect(body).toEqual({ ok: false });
  const changed = Object.assign({}, target, { check });
  await expect(probeAll({ targets: [changed] }, 1)).rejects.toThrow();
});
