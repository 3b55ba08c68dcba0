import { randomUUID } from 'node:crypto';
import { upsertDashboardSchema } from '@synap/contracts';
import type { ContractCase } from './contract-case.js';
import {
  asCaller,
  byCall,
  byHeaders,
  byInput,
  byKeyInUse,
  byKeyWithoutScope,
  byReusedKey,
  each,
} from './error-cases.js';
import type { Fixture } from './fixture.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;
/** Other users must not learn that it exists, superusers included. */
const ownersOnly = { anonymous: 401, user: 200, other: 404, superuser: 404 } as const;
const widgets = [
  { moduleId: 'probe', widgetId: 'count', params: { limit: 2 }, x: 0, y: 1, w: 2, h: 3 },
];
const content = { name: 'Work', widgets };
const fresh = ['/id', '/createdAt', '/updatedAt', '/widgets/*/id'];

const unplaceable = [{ ...widgets[0], widgetId: 'unknown' }];
const existing = async ({ newDashboard }: Fixture) => ({ id: (await newDashboard()).id });

export const cases: Record<string, ContractCase> = {
  'dashboards.list': {
    callers: signedIn,
    otherDashboardStatus: 200,
    validCall: () => ({ input: { size: 5 } }),
    changes: false,
    errors: {
      400: each(byInput({ size: 0 }), byInput({ cursor: 'unknown cursor' })),
      403: byKeyWithoutScope,
    },
  },
  'dashboards.create': {
    callers: { anonymous: 401, user: 201, other: 201, superuser: 201 },
    otherDashboardStatus: 403,
    validCall: () => ({ input: content }),
    changes: true,
    volatileFields: fresh,
    errors: {
      400: each(
        byInput({ name: '' }),
        byInput({ name: 'Work', widgets: unplaceable }),
        byHeaders({ 'idempotency-key': 'a b' }),
      ),
      403: byKeyWithoutScope,
      409: byKeyInUse('dashboards'),
      422: byReusedKey(() => ({ name: 'Another' })),
    },
  },
  'dashboards.get': {
    callers: ownersOnly,
    otherDashboardStatus: 404,
    validCall: ({ dashboardId: id }) => ({ input: { id } }),
    changes: false,
    errors: {
      400: byInput({ id: 'not-a-uuid' }),
      403: byKeyWithoutScope,
      404: each(
        asCaller('other'),
        byCall(() => ({ input: { id: randomUUID() } })),
      ),
    },
  },
  'dashboards.save': {
    callers: ownersOnly,
    otherDashboardStatus: 404,
    validCall: async (fixture) => ({
      input: { ...content, ...(await existing(fixture)), version: 1 },
    }),
    changes: true,
    volatileFields: fresh,
    errors: {
      400: each(
        byCall(async (fixture) => ({
          input: { ...(await existing(fixture)), name: 'x'.repeat(101), widgets: [], version: 1 },
        })),
        byHeaders({ 'if-match': '"2"' }),
      ),
      403: byKeyWithoutScope,
      404: each(
        asCaller('other'),
        byCall(() => ({ input: { ...content, id: randomUUID(), version: 1 } })),
      ),
      409: byCall(async (fixture) => ({
        input: { ...content, ...(await existing(fixture)), version: 7 },
      })),
      412: async ({ fixture, rest, validCall }) => [
        await rest({
          ...(await validCall()),
          input: { ...content, ...(await existing(fixture)) },
          headers: { 'if-match': '"7"' },
        }),
      ],
      428: byCall(async (fixture) => ({ input: { ...content, ...(await existing(fixture)) } })),
    },
  },
  'dashboards.upsert': {
    callers: ownersOnly,
    otherDashboardStatus: 404,
    validCall: async (fixture) => ({ input: { ...content, ...(await existing(fixture)) } }),
    changes: true,
    undo: ({ database }, input) =>
      database.query('DELETE FROM dashboards WHERE id = $1', [
        upsertDashboardSchema.safeParse(input).data?.id,
      ]),
    volatileFields: fresh,
    errors: {
      400: byInput({ ...content, id: 'not-a-uuid' }),
      403: byKeyWithoutScope,
      404: each(
        asCaller('other'),
        byCall(() => ({ input: { ...content, id: randomUUID(), version: 1 } })),
      ),
      409: each(
        byCall(async (fixture) => ({
          input: { ...content, ...(await existing(fixture)), version: 7 },
        })),
        byKeyInUse('dashboards'),
      ),
      412: byHeaders({ 'if-match': '"7"' }),
      422: byReusedKey(() => ({ ...content, id: randomUUID() })),
    },
  },
  'dashboards.remove': {
    callers: { ...ownersOnly, user: 204 },
    otherDashboardStatus: 404,
    validCall: async (fixture) => ({ input: await existing(fixture) }),
    changes: true,
    errors: {
      400: byInput({ id: 'not-a-uuid' }),
      403: byKeyWithoutScope,
      404: each(
        asCaller('other'),
        byCall(() => ({ input: { id: randomUUID() } })),
      ),
      409: byCall(async (fixture) => ({ input: { ...(await existing(fixture)), version: 7 } })),
      412: byHeaders({ 'if-match': '"7"' }),
    },
  },
};
