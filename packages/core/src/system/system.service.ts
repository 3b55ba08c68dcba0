import type { DatabaseState, Meta, Route, SystemService } from '@synap/contracts';
import { pageByName } from '../paging.js';

export interface SystemDeps {
  meta: Meta;
  /** All REST procedures, ordered by name. */
  routes: readonly Route[];
  probeDatabase: () => Promise<DatabaseState>;
}

export function createSystemService({ meta, routes, probeDatabase }: SystemDeps): SystemService {
  return {
    async health() {
      const database = await probeDatabase();
      return { status: database === 'ready' ? 'ok' : 'degraded', database, version: meta.version };
    },
    async meta() {
      return meta;
    },
    async routes(_call, page) {
      return pageByName(routes, (route) => route.procedure, page);
    },
  };
}
