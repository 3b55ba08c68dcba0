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
/** A day of them. */
export const samplesKept = 288;

const storeKey = 'samples';
const cpuSampleMs = 1_000;

/**
 * The kept samples, oldest first; none when there is nothing yet, or nothing that an older version
 * left.
 */
export async function readSamples(store: StoreReader): Promise<Sample[]> {
  const samples = z.array(sampleSchema).safeParse(await store.get(storeKey));
  return samples.success ? samples.data : [];
}

/** Takes one sample and adds it to the kept ones. */
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
  await store.set(storeKey, [...samples, sample].slice(-samplesKept));
  progress(1, 1);
}
