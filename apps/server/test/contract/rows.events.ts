import { randomUUID } from 'node:crypto';
import { events } from '@synap/contracts';
import type { World } from './fixture.js';
import { asCaller, byAsking, byInput } from './reach.js';
import type { Row } from './rows.js';

async function someEvent({ database }: World): Promise<{ id: string }> {
  const { rows } = await database.query(
    "SELECT id::text FROM events WHERE type = 'session.started' LIMIT 1",
  );
  return rows[0];
}

export const eventsRows: Record<string, Row> = {
  'events.get': {
    endpoint: events.get,
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    ask: async (world) => ({ input: await someEvent(world) }),
    changes: false,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: asCaller('user'),
      404: byAsking(() => ({ input: { id: randomUUID() } })),
    },
  },
  'events.list': {
    endpoint: events.list,
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    ask: () => ({
      input: { source: 'user', type: 'session.started', size: 2, to: '2026-11-25T00:00:00.000Z' },
    }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
};
