import { events } from '@synap/contracts';
import { asCaller, byInput } from './reach.js';
import type { Row } from './rows.js';

export const eventsRows: Record<string, Row> = {
  'events.list': {
    endpoint: events.list,
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    ask: () => ({ input: { source: 'user', type: 'session.started', size: 2, to: '2026-11-25T00:00:00.000Z' } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
};
