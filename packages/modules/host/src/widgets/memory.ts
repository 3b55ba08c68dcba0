import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { readMemory } from '../readings/memory.js';

const bytes = z.number().int().min(0);

export const memoryWidget = defineWidget({
  id: 'memory',
  title: 'Memory',
  view: 'gauge',
  maxAge: 2,
  paramsSchema: z.strictObject({}),
  dataSchema: z.object({
    total: bytes.describe('Bytes.'),
    used: bytes.describe('Bytes that programs hold.'),
    available: bytes.describe('Bytes that programs can still have.'),
    usedPercent: z.number().min(0).max(100),
    swapTotal: bytes.describe('Bytes.'),
    swapUsed: bytes.describe('Bytes.'),
  }),
  load: () => readMemory(),
});
