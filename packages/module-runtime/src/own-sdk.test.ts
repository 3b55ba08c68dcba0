import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { discoverModules } from './discovery/discover.js';
import { bareServer, fixturesFolder, startFixtures } from './testing/fixtures.js';

it('runs a package that was copied into the modules folder without dependencies of its own', async () => {
  const modulesDir = await mkdtemp(join(tmpdir(), 'synap-modules-'));
  onTestFinished(() => rm(modulesDir, { recursive: true, force: true }));
  await cp(join(fixturesFolder, 'workbench'), join(modulesDir, 'copied'), { recursive: true });
  const { registry } = await startFixtures([], {
    discovered: await discoverModules({ from: bareServer, modulesDir }),
  });
  onTestFinished(() => registry.close());
  expect(
    await registry.load({ moduleId: 'workbench', widgetId: 'echo', params: {} }),
  ).toMatchObject({ data: { limit: 10 } });
});

it('runs a CommonJS module that finds the SDK by itself', async () => {
  const { registry } = await startFixtures(['commonjs']);
  onTestFinished(() => registry.close());
  expect(
    await registry.load({ moduleId: 'commonjs', widgetId: 'answer', params: {} }),
  ).toMatchObject({ data: { answer: 42 } });
});

it('runs a CommonJS module that was transpiled from an ES module', async () => {
  const { registry } = await startFixtures(['transpiled']);
  onTestFinished(() => registry.close());
  const answer = await registry.load({ moduleId: 'transpiled', widgetId: 'answer', params: {} });
  expect(answer).toMatchObject({ data: { answer: 43 } });
});
