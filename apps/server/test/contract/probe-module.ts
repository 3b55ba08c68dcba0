import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export const probeCanary = 'canary-thrown-by-a-module';

/** Module with a widget that succeeds, one that throws and one that rejects. */
const probe = `
import { defineModule, defineWidget, ModuleError } from '@synap/module-sdk';
import { z } from 'zod';

const configSchema = z.object({});
const none = z.object({});
const widget = (id, load, paramsSchema = none, dataSchema = z.json()) =>
  defineWidget({ id, title: id, view: 'stat', configSchema, maxAge: 3600, paramsSchema, dataSchema, load });

export default defineModule({
  id: 'probe',
  name: 'Probe',
  configSchema,
  defaultAccess: 'superusers',
  syncJob: { every: 86400, run: () => { throw new Error('${probeCanary}'); } },
  widgets: [
    widget('count', ({ limit }) => Array.from({ length: limit }, (_, n) => n), z.object({ limit: z.number().int().min(1).max(10).default(3) })),
    widget('broken', () => { throw new Error('${probeCanary}'); }),
    widget('refusing', () => { throw new ModuleError('The well is dry: dig deeper'); }),
  ],
});
`;

/** Module without a sync job. */
const still = `
import { defineModule } from '@synap/module-sdk';
import { z } from 'zod';

export default defineModule({ id: 'still', name: 'Still', configSchema: z.object({}), widgets: [] });
`;

/** Module with a sync job that emits one event. */
const bringer = `
import { defineModule } from '@synap/module-sdk';
import { z } from 'zod';

const run = ({ emit }) => emit([{ key: 'one', type: 'probe.event', time: new Date(0), payload: {} }]);
export default defineModule({ id: 'bringer', name: 'Bringer', configSchema: z.object({}), widgets: [], syncJob: { every: 86400, run } });
`;

/** Creates a folder for SYNAP_MODULES_DIR with these modules. */
export async function makeProbeFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-probe-'));
  for (const [name, source] of Object.entries({ probe, still, bringer })) {
    const manifest = {
      name: `synap-module-${name}`,
      version: '1.0.0',
      type: 'module',
      synap: { sdk: '1' },
      exports: './index.mjs',
    };
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'package.json'), JSON.stringify(manifest));
    await writeFile(path.join(folder, name, 'index.mjs'), source);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
