import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCleanup } from '../process/cleanup.js';
import { loadWithAutocannon } from './autocannon.js';
import { startTarget } from './server.test.support.js';
import type { BenchRequest } from './target.js';
import { createWrk } from './wrk.js';

const requests: BenchRequest[] = [
  { method: 'GET', path: '/a', token: 'one' },
  { method: 'PUT', path: '/b', token: 'two', body: '{"version":@7+pass@}' },
  { method: 'GET', path: '/c' },
];
const folder = mkdtempSync(path.join(tmpdir(), 'synap-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const options = { connections: 1, seconds: 0.3 };
const hasWrk = spawnSync('wrk', ['--version']).error === undefined;

describe.each([
  { name: 'autocannon', runs: true, load: loadWithAutocannon },
  { name: 'wrk', runs: hasWrk, load: createWrk(folder, createCleanup()) },
])('$name', ({ runs, load }) => {
  test.runIf(runs)('sends the requests in turn, and each pass its own version', async () => {
    const { target, received } = await startTarget(requests);
    const figures = await load(target, options);
    expect(figures.requests).toBeGreaterThan(0);
    expect(received.slice(0, 5)).toMatchObject([
      { method: 'GET', url: '/a', authorization: 'Bearer one', body: '' },
      { method: 'PUT', url: '/b', authorization: 'Bearer two', body: '{"version":7}' },
      { method: 'GET', url: '/c', authorization: undefined, body: '' },
      { method: 'GET', url: '/a', authorization: 'Bearer one', body: '' },
      { method: 'PUT', url: '/b', body: '{"version":8}' },
    ]);
  });

  test.runIf(runs)('ends with an error if a response has a wrong status', async () => {
    const { target } = await startTarget(requests, ({ url }) => (url === '/c' ? 500 : 200));
    await expect(load(target, options)).rejects.toThrow(/^target: \d+ × /);
  });
});
