import type { Call, UserCall } from '@synap/contracts';
import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntries } from '../audit/audit-entries.js';
import { uuidv7 } from '../ids.js';
import { createRepositories } from '../repositories.js';
import { createEventsRepository } from './events.repository.js';
import { createEventsService } from './events.service.js';

const actorId = uuidv7();
const actor = {
  kind: 'user',
  userId: actorId,
  email: 'ada@example.org',
  role: 'superuser',
  sessionId: null,
  verified: true,
} as const;
const base: Call = {
  actor,
  requestId: 'request-1',
  address: '192.0.2.7',
  signal: new AbortController().signal,
};
const call: UserCall = { ...base, actor };

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
  const { audit } = createRepositories(database.db, database.sql);
  await audit.record(call, auditEntries.sessionStarted('1'));
  await audit.record(call, { ...auditEntries.sessionEnded('1'), payload: { by: 'logout' } });
  await audit.record(null, auditEntries.userCreated('2', 'user'));
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

describe('the audit log', () => {
  const list = async (filter: object = {}) =>
    (
      await createEventsService({ events: createEventsRepository(database.db) }).list(call, {
        size: 20,
        ...filter,
      })
    ).items;

  it('shows actor, action, address and request, newest first', async () => {
    const [created, ended] = await list();
    expect(created).toMatchObject({
      source: 'system',
      type: 'user.created',
      actorId: null,
      address: null,
    });
    expect(ended).toMatchObject({
      source: 'user',
      actorId,
      address: '192.0.2.7',
      requestId: 'request-1',
      payload: { by: 'logout' },
    });
  });

  it('is filtered by each of its columns', async () => {
    expect(await list({ source: 'system' })).toHaveLength(1);
    expect(await list({ type: 'session.ended' })).toHaveLength(1);
    expect(await list({ subject: 'session 1' })).toHaveLength(2);
    expect(await list({ actorId })).toHaveLength(2);
    expect(await list({ from: inSeconds(60) })).toHaveLength(0);
    expect(await list({ from: inSeconds(-60), to: inSeconds(60) })).toHaveLength(3);
  });

  it.each([
    "UPDATE events SET type = 'x'",
    "DELETE FROM events WHERE source = 'user'",
    'TRUNCATE events',
  ])('stands against %s', async (statement) => {
    await expect(database.pool.query(statement)).rejects.toThrow('events are append-only');
    expect(await list()).toHaveLength(3);
  });

  it.each(["UPDATE events SET type = 'x'", 'TRUNCATE events'])(
    'stands against %s under retention, too',
    async (statement) => {
      const client = await database.pool.connect();
      await client.query("BEGIN; SET LOCAL synap.retention = 'on'");
      await expect(client.query(statement)).rejects.toThrow('events are append-only');
      await client.query('ROLLBACK');
      client.release();
    },
  );

  it('allows only retention to delete, in its own transaction', async () => {
    await expect(
      database.pool.query("DELETE FROM events WHERE type = 'user.created'"),
    ).rejects.toThrow('append-only');
    const client = await database.pool.connect();
    await client.query("BEGIN; SET LOCAL synap.retention = 'on'");
    const { rowCount } = await client.query("DELETE FROM events WHERE type = 'user.created'");
    await client.query('ROLLBACK');
    client.release();
    expect(rowCount).toBe(1);
    expect(await list()).toHaveLength(3);
  });
});
