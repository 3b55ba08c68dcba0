import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { maxSamples, readSamples, sampleSchema } from '../history.js';

export const historyWidget = defineWidget({
  id: 'history',
  title: 'The last day',
  view: 'line',
  maxAge: 30,
  paramsSchema: z.strictObject({
    samples: z
      .number()
      .int()
      .min(1)
      .max(maxSamples)
      .default(maxSamples)
      .describe('How many, the newest ones; one is taken every 5 minutes.'),
  }),
  dataSchema: z.object({
    samples: z.array(sampleSchema).describe('Oldest first; one is taken by each sync.'),
  }),
  load: async ({ samples }, { store }) => ({ samples: (await readSamples(store)).slice(-samples) }),
});
