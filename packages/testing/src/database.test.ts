import { createDatabase } from '@synap/db';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from './database.js';

describe('createTestDatabase', () => {
  const made: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const database of made) await database.drop();
  });

  async function fresh() {
    const database = await createTestDatabase();
    made.push(database);
    return createDatabase({ url: database.url });
  }

  it('hands out migrated databases that do not see each other', async () => {
    const [one, other] = await Promise.all([fresh(), fresh()]);
    await one.db.user.create({
      data: { email: 'ada@example.org', name: 'Ada', passwordHash: 'x' },
    });
    expect(await one.db.user.count()).toBe(1);
    expect(await other.db.user.count()).toBe(0);
    await Promise.all([one.close(), other.close()]);
  });
});
