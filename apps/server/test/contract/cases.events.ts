import { randomUUID } from 'node:crypto';
import type { ContractCase } from './contract-case.js';
import { asCaller, byCall, byInput } from './error-cases.js';
import type { Fixture } from './fixture.js';

async function someEvent({ database }: Fixture): Promise<{ id: string }> {
  const { rows } = await database.query(
    "SELECT id::text FROM events WHERE type = 'session.started' LIMIT 1",
  );
  return rows[0];
}

export const cases: Record<string, ContractCase> = {
  'events.get': {
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    validCall: async (fixture) => ({ input: await someEvent(fixture) }),
    changes: false,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: asCaller('user'),
      404: byCall(() => ({ input: { id: randomUUID() } })),
    },
  },
  'events.list': {
    callers: { anonymous: 401, user: 403, other: 403, superuser: 200 },
    validCall: () => ({
      input: { source: 'user', type: 'session.started', size: 2, to: '2026-11-25T00:00:00.000Z' },
    }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: asCaller('user') },
  },
};
