import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../ids.js';
import { createRepositories, type Repositories } from '../repositories.js';

/** Clients at the same time: more than the pool has connections, so that reads wait and share. */
const clients = 24;
const rounds = 150;

let testDatabase: TestDatabase;
let database: Database;
let repositories: Repositories;
const reads = new Map<string, { statements: number; reads: number }>();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({
    url: testDatabase.url,
    size: 6,
    acquireMilliseconds: 15_000,
    statementMilliseconds: 15_000,
    onBatch(statement, count) {
      const before = reads.get(statement) ?? { statements: 0, reads: 0 };
      reads.set(statement, {
        statements: before.statements + 1,
        reads: before.reads + count,
      });
    },
  });
  repositories = createRepositories(database.db, database.sql);
});
beforeEach(() => reads.clear());
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const newUser = (name: string) =>
  database.db.user.create({
    data: { email: `${name}@example.org`, name, passwordHash: '-' },
    select: { id: true },
  });

/** Creates one user with a dashboard for each client. */
function fixtureOf(name: string) {
  return Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const { id: ownerId } = await newUser(`${name}${index}`);
      const id = uuidv7();
      await repositories.dashboards.insert(ownerId, id, { name: `${index}`, widgets: [] }, 0);
      return { ownerId, id };
    }),
  );
}

const write = { name: 'test_write', text: 'UPDATE dashboards SET version = $2 WHERE id = $1' };

/** Runs a client's loop for each element, at the same time. */
const inParallel = <T>(all: readonly T[], round: (one: T, number: number) => Promise<void>) =>
  Promise.all(
    all.map(async (one) => {
      for (let number = 1; number <= rounds; number += 1) await round(one, number);
    }),
  );

describe('reads under load', () => {
  it('see what their client wrote before', async () => {
    await inParallel(await fixtureOf('own'), async ({ ownerId, id }, number) => {
      await database.sql.run(write, [id, number]);
      const [found, list] = await Promise.all([
        repositories.dashboards.findOwned(ownerId, id),
        repositories.dashboards.listOwnedBy(ownerId, { size: 5 }),
      ]);
      expect(found).toMatchObject({ id, version: number });
      expect(list).toEqual([expect.objectContaining({ id, version: number })]);
    });
    const find = reads.get('dashboards_find_owned');
    expect(find?.reads).toBe(clients * rounds);
    expect(find?.statements).toBeLessThan(clients * rounds);
  });

  it('see what any other client wrote before, of one dashboard that all read', async () => {
    const all = await fixtureOf('shared');
    const [{ ownerId, id } = { ownerId: '', id: '' }] = all;
    const increment = {
      name: 'test_increment',
      text: 'UPDATE dashboards SET version = version + 1 WHERE id = $1 RETURNING version',
      read: (row: { number(column: string): number }) => row.number('version'),
    };
    let committed = 0;
    await inParallel(all, async () => {
      const written = (await database.sql.one(increment, [id])) ?? 0;
      committed = Math.max(committed, written);
      const expected = committed;
      const found = await repositories.dashboards.findOwned(ownerId, id);
      expect(found?.version).toBeGreaterThanOrEqual(expected);
    });
  });

  it('know that a session has ended', async () => {
    const { id: userId } = await newUser('sessions');
    const { sessions, sessionLookups } = repositories;
    await inParallel(Array.from({ length: 8 }), async () => {
      const id = uuidv7();
      await sessions.insert({
        id,
        userId,
        salt: Buffer.alloc(16),
        keyId: 'k',
        address: '::1',
        userAgent: null,
        lifetime: 3600,
      });
      expect(await sessionLookups.actorOf(id)).toMatchObject({ userId, sessionId: id });
      await sessions.revoke(id);
      expect(await sessionLookups.actorOf(id)).toBeNull();
    });
  });

  it('give each caller its own dashboard, and nothing for one of another owner', async () => {
    const all = await fixtureOf('mixed');
    const found = await Promise.all(
      all.flatMap(({ ownerId, id }) => [
        repositories.dashboards.findOwned(ownerId, id),
        repositories.dashboards.findOwned(uuidv7(), id),
        repositories.dashboards.findOwned(ownerId, id),
      ]),
    );
    expect(found.map((dashboard) => dashboard?.id)).toEqual(
      all.flatMap(({ id }) => [id, undefined, id]),
    );
    expect(reads.get('dashboards_find_owned')).toEqual({ statements: 1, reads: 3 * clients });
  });
});
