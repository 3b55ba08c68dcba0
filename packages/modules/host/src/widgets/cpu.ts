import { loadavg } from 'node:os';
import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { readCores } from '../readings/cores.js';
import { sampleCpu } from '../readings/cpu.js';
import { readScope, scopeSchema } from '../readings/scope.js';

/** Long enough for the kernel's counters, which have steps of 10 ms. */
const sampleMs = 250;

export const cpuWidget = defineWidget({
  id: 'cpu',
  title: 'CPU',
  view: 'gauge',
  maxAge: 2,
  paramsSchema: z.strictObject({}),
  dataSchema: z.object({
    usage: z.number().min(0).max(100).describe('Percent, over all cores.'),
    cores: z.array(z.number().min(0).max(100)).describe('Percent, core by core.'),
    load: z.array(z.number()).length(3).describe('Load averages over 1, 5 and 15 minutes.'),
    usableCores: z
      .number()
      .describe(
        'Cores that the server itself may use: by CPU affinity and the limit of its control group.',
      ),
    scope: scopeSchema,
  }),
  load: async (_, { signal }) => {
    const [{ usage, cores }, { usableCores }, scope] = await Promise.all([
      sampleCpu(sampleMs, signal),
      readCores(),
      readScope('/proc/stat'),
    ]);
    return { usage, cores, load: loadavg(), usableCores, scope };
  },
});
