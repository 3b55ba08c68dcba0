import { randomUUID } from 'node:crypto';
import type { ContractCase } from './contract-case.js';
import {
  asCaller,
  byInput,
  byKeyInUse,
  byKeyWithoutScope,
  byReusedKey,
  each,
} from './error-cases.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;
/** The settings allow `user` to read `probe`. */
const opened = { anonymous: 401, user: 200, other: 403, superuser: 200 } as const;
const count = { moduleId: 'probe', widgetId: 'count', params: { limit: 4 } };

export const cases: Record<string, ContractCase> = {
  'modules.list': {
    callers: signedIn,
    changes: false,
    validCall: () => ({ input: { size: 2 } }),
    errors: { 400: byInput({ size: 101 }), 403: byKeyWithoutScope },
  },
  'modules.get': {
    callers: signedIn,
    changes: false,
    validCall: () => ({ input: { id: 'probe' } }),
    errors: {
      400: byInput({ id: 'Probe' }),
      403: byKeyWithoutScope,
      404: byInput({ id: 'absent' }),
    },
  },
  'modules.sync': {
    callers: { anonymous: 401, user: 202, other: 403, superuser: 202 },
    changes: true,
    validCall: () => ({ input: { id: 'probe' } }),
    volatileFields: ['/runId'],
    errors: {
      400: byInput({ id: 'Probe' }),
      403: asCaller('other'),
      404: byInput({ id: 'absent' }),
      409: each(byInput({ id: 'still' }), byKeyInUse('module_runs')),
      422: byReusedKey(() => ({ id: 'git' })),
    },
  },
  'modules.runs': {
    callers: opened,
    changes: false,
    validCall: () => ({ input: { id: 'probe', size: 10 } }),
    errors: {
      400: byInput({ id: 'probe', size: 0 }),
      403: asCaller('other'),
      404: byInput({ id: 'absent' }),
    },
  },
  'modules.run': {
    callers: opened,
    changes: false,
    validCall: ({ runId }) => ({ input: { id: 'probe', runId } }),
    errors: {
      400: byInput({ id: 'probe', runId: 'not-a-uuid' }),
      403: asCaller('other'),
      404: byInput({ id: 'probe', runId: randomUUID() }),
    },
  },
  'widgets.list': {
    callers: signedIn,
    otherDashboardStatus: 200,
    changes: false,
    validCall: () => ({ input: { size: 3 } }),
    errors: { 400: byInput({ cursor: '%%%' }), 403: byKeyWithoutScope },
  },
  'widgets.data': {
    callers: opened,
    otherDashboardStatus: 403,
    changes: false,
    validCall: () => ({ input: count }),
    // The cache stores the text `4` of a query and the number 4 separately.
    volatileFields: ['/asOf'],
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
