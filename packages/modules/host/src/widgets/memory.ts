import { defineWidget } from '@synap/module-sdk';
import { z } from 'zod';
import { readCgroupLimits } from '../readings/cgroup.js';
import { readMemory } from '../readings/memory.js';
import { readScope, scopeSchema } from '../readings/scope.js';

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
    scope: scopeSchema,
    cgroup: z
      .object({
        limit: bytes.describe('Bytes.'),
        used: bytes.describe('Bytes, without file cache that is dropped first.'),
      })
      .nullable()
      .describe(
        'The limit of the container or service that the server runs in, and its use; null without a limit.',
      ),
  }),
  load: async () => {
    const [memory, scope, limits] = await Promise.all([
      readMemory(),
      readScope('/proc/meminfo'),
      readCgroupLimits(),
    ]);
    return { ...memory, scope, cgroup: limits.memory };
  },
});
