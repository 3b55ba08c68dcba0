import { loadavg, uptime } from 'node:os';
import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { readCores } from '../readings/cores.js';
import { readScope, scopeSchema } from '../readings/scope.js';

export const loadWidget = defineWidget({
  id: 'load',
  title: 'Load',
  view: 'stat',
  maxAge: 2,
  paramsSchema: z.strictObject({}),
  dataSchema: z.object({
    one: z.number().describe('Load average over 1 minute.'),
    five: z.number().describe('Load average over 5 minutes.'),
    fifteen: z.number().describe('Load average over 15 minutes.'),
    cores: z.number().int().describe('All cores; a load above their number means waiting.'),
    usableCores: z
      .number()
      .describe(
        'Cores that the server itself may use: by CPU affinity and the limit of its control group.',
      ),
    scope: scopeSchema,
    uptime: z.number().describe('Seconds since the host started.'),
  }),
  load: async () => {
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    return {
      one,
      five,
      fifteen,
      ...(await readCores()),
      uptime: uptime(),
      scope: await readScope('/proc/loadavg'),
    };
  },
});
