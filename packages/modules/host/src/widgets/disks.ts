import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { readDisks } from '../readings/disks.js';

const bytes = z.number().min(0);

export const disksWidget = defineWidget({
  id: 'disks',
  title: 'Disks',
  view: 'bar',
  maxAge: 10,
  paramsSchema: z.strictObject({}),
  dataSchema: z.object({
    disks: z.array(
      z.object({
        mount: z.string().describe('Where it is mounted.'),
        type: z.string().describe('Kind of file system.'),
        total: bytes.describe(
          'Bytes of the whole file system, also if a container sees a part of it.',
        ),
        used: bytes.describe('Bytes.'),
        available: bytes.describe('Bytes that an ordinary user can still write.'),
        usedPercent: z.number().min(0).max(100),
      }),
    ),
  }),
  load: async () => ({ disks: await readDisks() }),
});
