import { randomUUID } from 'node:crypto';
import { modules, widgets } from '@synap/contracts';
import { asCaller, byInput, byKeyInUse, byReusedKey, each } from './reach.js';
import { untilKeys } from './rows.auth.js';
import type { Row } from './rows.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;
/** The operator has opened `probe` to `user`. */
const opened = { anonymous: 401, user: 200, other: 403, superuser: 200 } as const;
const count = { moduleId: 'probe', widgetId: 'count', params: { limit: 4 } };

export const modulesRows: Record<string, Row> = {
  'modules.list': {
    endpoint: modules.list,
    callers: signedIn,
    changes: false,
    ask: () => ({ input: { size: 2 } }),
    errors: { 400: byInput({ size: 101 }), 403: untilKeys },
  },
  'modules.get': {
    endpoint: modules.get,
    callers: signedIn,
    changes: false,
    ask: () => ({ input: { id: 'probe' } }),
    errors: { 400: byInput({ id: 'Probe' }), 403: untilKeys, 404: byInput({ id: 'absent' }) },
  },
  'modules.sync': {
    endpoint: modules.sync,
    callers: { anonymous: 401, user: 202, other: 403, superuser: 202 },
    changes: true,
    ask: () => ({ input: { id: 'probe' } }),
    differs: ['/runId'],
    errors: {
      400: byInput({ id: 'Probe' }),
      403: asCaller('other'),
      404: byInput({ id: 'absent' }),
      409: each(byInput({ id: 'still' }), byKeyInUse('module_runs')),
      422: byReusedKey(() => ({ id: 'git' })),
    },
  },
  'modules.runs': {
    endpoint: modules.runs,
    callers: opened,
    changes: false,
    ask: () => ({ input: { id: 'probe', size: 10 } }),
    errors: {
      400: byInput({ id: 'probe', size: 0 }),
      403: asCaller('other'),
      404: byInput({ id: 'absent' }),
    },
  },
  'modules.run': {
    endpoint: modules.run,
    callers: opened,
    changes: false,
    ask: ({ runId }) => ({ input: { id: 'probe', runId } }),
    errors: {
      400: byInput({ id: 'probe', runId: 'not-a-uuid' }),
      403: asCaller('other'),
      404: byInput({ id: 'probe', runId: randomUUID() }),
    },
  },
  'widgets.list': {
    endpoint: widgets.list,
    callers: signedIn,
    elsewhere: 200,
    changes: false,
    ask: () => ({ input: { size: 3 } }),
    errors: { 400: byInput({ cursor: '%%%' }), 403: untilKeys },
  },
  'widgets.data': {
    endpoint: widgets.data,
    callers: opened,
    elsewhere: 403,
    changes: false,
    ask: () => ({ input: count }),
    // The text `4` of a query and the number 4 are two readings for the cache.
    differs: ['/asOf'],
    errors: {
      400: byInput({ ...count, params: { limit: 11 } }),
      403: asCaller('other'),
      404: each(
        byInput({ ...count, widgetId: 'absent' }),
        byInput({ ...count, moduleId: 'absent' }),
      ),
      503: each(
        byInput({ ...count, widgetId: 'broken' }),
        byInput({ ...count, widgetId: 'refusing' }),
      ),
    },
  },
};
