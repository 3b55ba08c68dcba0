import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@synap/testing';
import { expect, it, onTestFinished } from 'vitest';
import { startServerUnderTest } from './server-under-test.js';

const flooder = fileURLToPath(
  new URL('../../../packages/module-runtime/test/fixtures/flooder', import.meta.url),
);

it.each([
  ['emit', 'emitted more than 10,000 events'],
  ['store', 'stored more than 128 MB'],
])(
  'a module that sends without end fails at its limit, and it and the server keep working (%s)',
  { timeout: 90_000 },
  async (how, limit) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'synap-flood-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(flooder, path.join(folder, 'flooder'), { recursive: true });
    const server = await startServerUnderTest({
      variables: { SYNAP_MODULES_DIR: folder, SYNAP_FLOODER_HOW: how },
    });
    onTestFinished(() => server.close());
    const token = await server.signIn();
    const { runId } = (await server.rest('POST', '/modules/flooder/sync', { token })).body;
    const run = async () =>
      (await server.rest('GET', `/modules/flooder/runs/${runId}`, { token })).body;
    await until(async () => (await run()).status === 'failed', { timeout: 60_000, interval: 100 });
    expect(await run()).toMatchObject({
      events: 0,
      error: expect.stringContaining(`Module "flooder" ${limit} in one run`),
    });
    await until(
      async () => (await server.rest('GET', '/widget-data/flooder/pid', { token })).status === 200,
    );
    expect(server.logged.some((line) => line.includes('a module run failed permanently'))).toBe(
      true,
    );
  },
);
