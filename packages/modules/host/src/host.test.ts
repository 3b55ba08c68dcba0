import { loadavg, totalmem, uptime } from 'node:os';
import { setUpModule } from '@synap/module-sdk/testing';
import { describe, expect, it } from 'vitest';
import { maxSamples } from './history.js';
import host from './index.js';

const [cpu, memory, disks, load, history] = host.widgets;

describe('the host', () => {
  it('returns real values that match its schemas', async () => {
    const harness = await setUpModule(host, {});
    expect((await harness.load(memory, {})).total / totalmem()).toBeCloseTo(1, 1);
    expect((await harness.load(cpu, {})).load).toHaveLength(3);
    expect((await harness.load(disks, {})).disks.length).toBeGreaterThan(0);
    const { one, uptime: up, cores } = await harness.load(load, {});
    expect(Math.abs(one - (loadavg()[0] ?? 0))).toBeLessThan(5);
    expect(Math.abs(up - uptime())).toBeLessThan(5);
    expect(cores).toBeGreaterThan(0);
  });

  it('rejects unknown parameters', async () => {
    const harness = await setUpModule(host, {});
    await expect(harness.load(cpu, JSON.parse('{"core":1}'))).rejects.toThrow(/^invalid-params/);
  });
});

describe('the history', () => {
  it('is empty at first, and grows by a sample with each sync', async () => {
    const harness = await setUpModule(host, {});
    expect(await harness.load(history, {})).toEqual({ samples: [] });
    await harness.sync();
    await harness.sync();
    const { samples } = await harness.load(history, {});
    expect(samples).toHaveLength(2);
    expect(samples[0]?.memory).toBeGreaterThan(0);
    expect((await harness.load(history, { samples: 1 })).samples).toEqual(samples.slice(1));
  });

  it('stores one day, and drops data of another format', async () => {
    const harness = await setUpModule(host, {});
    const sample = { time: '2026-01-01T00:00:00.000Z', cpu: 1, memory: 2, load: 3 };
    harness.store.set('samples', new Array(maxSamples).fill(sample));
    await harness.sync();
    const { samples } = await harness.load(history, {});
    expect(samples).toHaveLength(maxSamples);
    expect(samples.at(-1)).not.toEqual(sample);
    harness.store.set('samples', 'from another version');
    expect(await harness.load(history, {})).toEqual({ samples: [] });
  });
});
