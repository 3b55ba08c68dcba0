import { randomUUID } from 'node:crypto';
import { dashboards } from '@synap/contracts';
import type { World } from './fixture.js';
import { asCaller, byAsking, byHeaders, byInput, byKeyInUse, byReusedKey, each } from './reach.js';
import { untilKeys } from './rows.auth.js';
import type { Row } from './rows.js';

const signedIn = { anonymous: 401, user: 200, other: 200, superuser: 200 } as const;
/** Nobody else learns that it is there, a superuser neither. */
const ownersOnly = { anonymous: 401, user: 200, other: 404, superuser: 404 } as const;
const widgets = [
  { moduleId: 'probe', widgetId: 'count', params: { limit: 2 }, x: 0, y: 1, w: 2, h: 3 },
];
const content = { name: 'Work', widgets };
const fresh = ['/id', '/createdAt', '/updatedAt', '/widgets/*/id'];

const unplaceable = [{ ...widgets[0], widgetId: 'unknown' }];
const existing = async ({ newDashboard }: World) => ({ id: (await newDashboard()).id });

export const dashboardsRows: Record<string, Row> = {
  'dashboards.list': {
    endpoint: dashboards.list,
    callers: signedIn,
    elsewhere: 200,
    ask: () => ({ input: { size: 5 } }),
    changes: false,
    errors: {
      400: each(byInput({ size: 0 }), byInput({ cursor: 'none of ours' })),
      403: untilKeys,
    },
  },
  'dashboards.create': {
    endpoint: dashboards.create,
    callers: { anonymous: 401, user: 201, other: 201, superuser: 201 },
    elsewhere: 403,
    ask: () => ({ input: content }),
    changes: true,
    differs: fresh,
    errors: {
      400: each(
        byInput({ name: '' }),
        byInput({ name: 'Work', widgets: unplaceable }),
        byHeaders({ 'idempotency-key': 'a b' }),
      ),
      403: untilKeys,
      409: byKeyInUse('dashboards'),
      422: byReusedKey(() => ({ name: 'Another' })),
    },
  },
  'dashboards.get': {
    endpoint: dashboards.get,
    callers: ownersOnly,
    elsewhere: 404,
    ask: ({ dashboardId: id }) => ({ input: { id } }),
    changes: false,
    errors: {
      400: byInput({ id: 'not-a-uuid' }),
      403: untilKeys,
      404: each(
        asCaller('other'),
        byAsking(() => ({ input: { id: randomUUID() } })),
      ),
    },
  },
  'dashboards.save': {
    endpoint: dashboards.save,
    callers: ownersOnly,
    elsewhere: 404,
    ask: async (world) => ({ input: { ...content, ...(await existing(world)), version: 1 } }),
    changes: true,
    differs: fresh,
    errors: {
      400: each(
        byAsking(async (world) => ({
          input: { ...(await existing(world)), name: 'x'.repeat(101), widgets: [], version: 1 },
        })),
        byHeaders({ 'if-match': '"2"' }),
      ),
      403: untilKeys,
      404: each(
        asCaller('other'),
        byAsking(() => ({ input: { ...content, id: randomUUID(), version: 1 } })),
      ),
      409: byAsking(async (world) => ({
        input: { ...content, ...(await existing(world)), version: 7 },
      })),
      412: async ({ world, rest, ask }) => [
        await rest({
          ...(await ask()),
          input: { ...content, ...(await existing(world)) },
          headers: { 'if-match': '"7"' },
        }),
      ],
      428: byAsking(async (world) => ({ input: { ...content, ...(await existing(world)) } })),
    },
  },
  'dashboards.upsert': {
    endpoint: dashboards.upsert,
    callers: ownersOnly,
    elsewhere: 404,
    ask: async (world) => ({ input: { ...content, ...(await existing(world)) } }),
    changes: true,
    differs: fresh,
    errors: {
      400: byInput({ ...content, id: 'not-a-uuid' }),
      403: untilKeys,
      404: each(
        asCaller('other'),
        byAsking(() => ({ input: { ...content, id: randomUUID(), version: 1 } })),
      ),
      409: each(
        byAsking(async (world) => ({
          input: { ...content, ...(await existing(world)), version: 7 },
        })),
        byKeyInUse('dashboards'),
      ),
      412: byHeaders({ 'if-match': '"7"' }),
      422: byReusedKey(() => ({ ...content, id: randomUUID() })),
    },
  },
  'dashboards.remove': {
    endpoint: dashboards.remove,
    callers: { ...ownersOnly, user: 204 },
    elsewhere: 404,
    ask: async (world) => ({ input: await existing(world) }),
    changes: true,
    errors: {
      400: byInput({ id: 'not-a-uuid' }),
      403: untilKeys,
      404: each(
        asCaller('other'),
        byAsking(() => ({ input: { id: randomUUID() } })),
      ),
      409: byAsking(async (world) => ({ input: { ...(await existing(world)), version: 7 } })),
      412: byHeaders({ 'if-match': '"7"' }),
    },
  },
};
