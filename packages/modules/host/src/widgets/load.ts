import { availableParallelism, loadavg, uptime } from 'node:os';
import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';

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
    cores: z.number().int().describe('Cores; a load above their number means waiting.'),
    uptime: z.number().describe('Seconds since the host started.'),
  }),
  load: () => {
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    return { one, five, fifteen, cores: availableParallelism(), uptime: uptime() };
  },
});
