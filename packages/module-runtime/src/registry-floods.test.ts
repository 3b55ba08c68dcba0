import { afterEach, describe, expect, it } from 'vitest';
import type { ModuleHostServices } from './host-services.js';
import type { ModuleRegistry, ModuleRegistryOptions } from './registry.js';
import { startFixtures } from './testing/fixtures.js';

/** Long enough for a busy machine. */
const soon = { timeout: 15_000 };

const open: ModuleRegistry[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((registry) => registry.close()))));

/** Counts pending calls of modules at the server. `take` handles each write. */
function countingHost(take: (number: number) => Promise<void>) {
  const counts = { taken: 0, underWay: 0, most: 0 };
  const counted = async (work: () => Promise<void>) => {
    counts.underWay += 1;
    counts.most = Math.max(counts.most, counts.underWay);
    await work().finally(() => {
      counts.underWay -= 1;
    });
  };
  const write = () => {
    counts.taken += 1;
    return counted(() => take(counts.taken));
  };
  const store: ModuleHostServices['store'] = { get: async () => null, set: write, delete: write };
  return { counts, store, onEvents: write };
}

async function start(how: string, options: Partial<ModuleRegistryOptions> = {}) {
  const names = ['synap-module-flooder', 'synap-module-workbench'];
  const { registry, log } = await startFixtures(names, {
    environment: { SYNAP_FLOODER_HOW: how },
    ...options,
  });
  open.push(registry);
  await registry.settled();
  const pid = () =>
    registry.load({ moduleId: 'flooder', widgetId: 'pid', params: {} }).then(({ data }) => data);
  const other = () => registry.load({ moduleId: 'workbench', widgetId: 'echo', params: {} });
  const run = (onEvents: () => Promise<void>, deadlineMs = 60_000) =>
    registry.sync({ moduleId: 'flooder', runId: 'run', onEvents, deadlineMs });
  return { registry, log, pid, other, run };
}

describe('a module that never stops', () => {
  it.each(['emit', 'store', 'looseEmit', 'looseStore'])(
    'writing is ended with the first error of the server, even if it ignores that error (%s)',
    async (how) => {
      const limit = new Error('That is more than a run may bring');
      const host = countingHost(async (number) => {
        if (number > 20) throw limit;
      });
      const { registry, pid, other, run } = await start(how, {
        hostServices: { store: host.store },
        limits: { memoryMegabytes: 2_000, heapMegabytes: 1_000, graceMs: 200 },
      });
      const before = await pid();
      await expect(run(host.onEvents)).rejects.toBe(limit);
      expect(host.counts).toMatchObject({ taken: 21, most: 1 });
      await other();
      await expect
        .poll(() => registry.get('flooder')?.error, soon)
        .toMatch(/went on working after its deadline/);
      expect(host.counts.taken).toBe(21);
      await expect.poll(pid, soon).not.toBe(before);
    },
  );

  it.each(['looseEmit', 'looseStore', 'spinningEmit'])(
    'writing without awaiting responses fills its own memory, not the server’s (%s)',
    async (how) => {
      const host = countingHost(() => new Promise<void>(() => undefined));
      const { other, run } = await start(how, {
        hostServices: { store: host.store },
        limits: { memoryMegabytes: 250, heapMegabytes: 120 },
      });
      const ended = expect(run(host.onEvents)).rejects.toMatchObject({
        kind: 'unavailable',
        message: /memory|heap/,
      });
      await other();
      await ended;
      expect(host.counts.taken).toBeLessThanOrEqual(1);
    },
  );

  it('sending calls without reading responses gets no more responses than its pipe holds', async () => {
    let asked = 0;
    const answers: ModuleHostServices['store'] = {
      get: async () => {
        asked += 1;
        return 'x'.repeat(1_000_000);
      },
      set: async () => undefined,
      delete: async () => undefined,
    };
    const { other, run } = await start('deaf', {
      hostServices: { store: answers },
      limits: { graceMs: 200 },
    });
    await expect(run(async () => undefined, 5_000)).rejects.toMatchObject({ kind: 'timeout' });
    await other();
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(5);
  });

  it.each(['progress', 'log', 'rawProgress', 'rawOutcomes', 'rawQuestions', 'rawLog'])(
    'sending unsolicited messages does not block the others, and is ended at its deadline (%s)',
    async (how) => {
      const { registry, log, other, run } = await start(how, { limits: { graceMs: 200 } });
      const ended = expect(run(async () => undefined, 2_000)).rejects.toMatchObject({
        kind: 'timeout',
      });
      for (let call = 0; call < 20; call += 1) await other();
      await ended;
      await expect
        .poll(() => registry.get('flooder')?.error, soon)
        .toMatch(/went on working after its deadline/);
      expect(log.lines.every((line) => JSON.stringify(line).length < 100_000)).toBe(true);
    },
  );

  it('nesting a value is rejected, because recursive code would overflow the stack', async () => {
    const { run } = await start('nested');
    await expect(run(async () => undefined)).rejects.toMatchObject({
      kind: 'failed',
      message: /nests deeper than 32 levels/,
    });
  });
});
