import { defineModule } from '@synap/module-sdk';
import { z } from 'zod';
import { sampleEvery, takeSample } from './history.js';
import { cpuWidget } from './widgets/cpu.js';
import { disksWidget } from './widgets/disks.js';
import { historyWidget } from './widgets/history.js';
import { loadWidget } from './widgets/load.js';
import { memoryWidget } from './widgets/memory.js';

export default defineModule({
  id: 'host',
  name: 'Host',
  defaultAccess: 'superusers',
  configSchema: z.object({}),
  widgets: [cpuWidget, memoryWidget, disksWidget, loadWidget, historyWidget],
  syncJob: { every: sampleEvery, run: takeSample },
});
