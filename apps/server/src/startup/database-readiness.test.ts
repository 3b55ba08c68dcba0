import { createDatabase } from '@synap/db';
import { createTestDatabase } from '@synap/testing';
import { expect, it } from 'vitest';
import { createDatabaseReadiness } from './database-readiness.js';

it('any number of probes at once cost the database one look', async () => {
  const { url, drop } = await createTestDatabase();
  const database = createDatabase({ url });
  let looks = 0;
  database.pool.on('acquire', () => {
    looks += 1;
  });
  const looksOf = async (probes: number) => {
    const before = looks;
    const { check } = createDatabaseReadiness(database);
    await Promise.all(Array.from({ length: probes }, check));
    return looks - before;
  };
  try {
    const one = await looksOf(1);
    expect(one).toBeGreaterThan(0);
    expect(await looksOf(1000)).toBe(one);
  } finally {
    await database.close();
    await drop();
  }
});
