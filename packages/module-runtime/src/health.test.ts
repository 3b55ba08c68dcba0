import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startFixtures } from './testing/fixtures.js';

async function startAiling(file: string) {
  let now = 0;
  const running = await startFixtures(['ailing'], {
    environment: { SYNAP_AILING_FILE: file },
    clock: { now: () => now },
  });
  onTestFinished(() => running.registry.close());
  await running.registry.settled();
  const wait = (ms: number) => {
    now += ms;
  };
  return { registry: running.registry, log: running.log, wait };
}

it('shows a module that reports a problem as degraded, with the reason, and still uses it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'synap-health-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'file');
  const { registry, wait } = await startAiling(file);
  expect(registry.get('ailing')).toMatchObject({
    status: 'degraded',
    error: `${file} is missing: correct SYNAP_AILING_FILE`,
    widgets: [{ id: 'answer' }],
  });
  expect(await registry.load({ moduleId: 'ailing', widgetId: 'answer', params: {} })).toMatchObject(
    { data: { answer: 42 } },
  );
  expect(registry.get('ailing')?.status).toBe('degraded');

  await writeFile(file, '');
  expect(registry.get('ailing')?.status).toBe('degraded');
  wait(10_000);
  await expect
    .poll(() => registry.get('ailing'), { timeout: 15_000 })
    .toMatchObject({ status: 'ready' });
  expect(registry.get('ailing')?.error).toBeUndefined();
});

it('shows a module whose health check throws as degraded', async () => {
  const { registry, log } = await startAiling('throw');
  expect(registry.get('ailing')).toMatchObject({
    status: 'degraded',
    error: 'Its health check failed; the log says why',
  });
  expect(JSON.stringify(log.lines)).toContain('a bug');
  expect(await registry.load({ moduleId: 'ailing', widgetId: 'answer', params: {} })).toMatchObject(
    { data: { answer: 42 } },
  );
});
