import { createDatabase } from '@synap/db';
import { createTestDatabase } from '@synap/testing';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createDatabaseBootstrap } from './database-bootstrap.js';

it('any number of probes at once cost the database one look', async () => {
  const { url, drop } = await createTestDatabase();
  const database = createDatabase({ url });
  let looks = 0;
  database.pool.on('acquire', () => {
    looks += 1;
  });
  const options = {
    url,
    directUrl: url,
    pooler: 'none' as const,
    database,
    migrate: false,
    log: pino({ level: 'silent' }),
    print: () => {},
    onReady: async () => {},
  };
  const looksOf = async (probes: number) => {
    const before = looks;
    const { checkReadiness } = createDatabaseBootstrap(options);
    await Promise.all(Array.from({ length: probes }, checkReadiness));
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
