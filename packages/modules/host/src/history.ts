import { loadavg } from 'node:os';
import type { StoreReader, SyncContext } from '@synap/module-sdk';
import { z } from 'zod';
import { sampleCpu } from './readings/cpu.js';
import { readMemory } from './readings/memory.js';

export const sampleSchema = z.object({
  time: z.iso.datetime(),
  cpu: z.number().describe('Percent.'),
  memory: z.number().describe('Percent.'),
  load: z.number().describe('Load average over 1 minute.'),
});
type Sample = z.output<typeof sampleSchema>;

/** Seconds between samples. */
export const sampleEvery = 5 * 60;
/** Number of stored samples: one day. */
export const maxSamples = 288;

const storeKey = 'samples';
const cpuSampleMs = 1_000;

/**
 * Returns the stored samples, oldest first. Empty if there are none, or if an older version stored
 * another format.
 */
export async function readSamples(store: StoreReader): Promise<Sample[]> {
  const samples = z.array(sampleSchema).safeParse(await store.get(storeKey));
  return samples.success ? samples.data : [];
}

/** Takes one sample and stores it with the others. */
export async function takeSample({ store, signal, progress }: SyncContext<unknown>): Promise<void> {
  const [{ usage }, { usedPercent }, samples] = await Promise.all([
    sampleCpu(cpuSampleMs, signal),
    readMemory(),
    readSamples(store),
  ]);
  const sample: Sample = {
    time: new Date().toISOString(),
    cpu: usage,
    memory: usedPercent,
    load: loadavg()[0] ?? 0,
  };
  await store.set(storeKey, [...samples, sample].slice(-maxSamples));
  progress(1, 1);
}
