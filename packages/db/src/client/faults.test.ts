import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDeploy } from '../engine/migrate.js';
import {
  repositoryMigrations,
  type TemporaryCluster,
  temporaryCluster,
} from '../temporary.test.support.js';
import { createDatabase, type Database } from './database.js';
import { uniqueViolation } from './driver-errors.js';
import { isUnavailable, toDatabaseFault } from './faults.js';

let cluster: TemporaryCluster;
let database: Database;

beforeAll(async () => {
  cluster = await temporaryCluster();
  database = createDatabase({ url: cluster.url });
});

afterAll(async () => {
  await database.close();
  await cluster.dispose();
});

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

const unknownUser = '00000000-0000-4000-8000-000000000000';

describe('before the migrations', () => {
  it('says so for Prisma and for pg', async () => {
    const errors = [
      await errorOf(database.db.user.findMany()),
      await errorOf(database.pool.query('SELECT * FROM users')),
    ];
    expect(errors.map(toDatabaseFault)).toEqual(
      Array(2).fill({ kind: 'not-migrated', sqlState: '42P01' }),
    );
    expect(errors.map(isUnavailable)).toEqual([true, true]);
  });
});

describe('after the migrations', () => {
  beforeAll(async () => {
    await migrateDeploy(cluster.url, repositoryMigrations);
    await database.db.user.create({
      data: { email: 'ada@example.org', name: 'Ada', passwordHash: 'none' },
    });
  });

  it('names the unique constraint for Prisma and for pg', async () => {
    const byPrisma = await errorOf(
      database.db.user.create({
        data: { email: 'ada@example.org', name: 'A', passwordHash: 'none' },
      }),
    );
    const byPg = await errorOf(
      database.pool.query(
        `INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), 'ada@example.org', 'A', '')`,
      ),
    );
    expect(uniqueViolation(byPrisma)).toMatchObject({ constraint: 'users_email_key' });
    expect(uniqueViolation(byPg)).toEqual({ constraint: 'users_email_key', fields: ['email'] });
    expect([byPrisma, byPg].map(toDatabaseFault)).toEqual(
      Array(2).fill({ kind: 'unique', sqlState: '23505' }),
    );
    expect(uniqueViolation(new Error('other'))).toBeNull();
  });

  it.each([
    ['a malformed uuid', '22P02', () => database.db.user.findMany({ where: { id: 'zzz' } })],
    ['a NUL in a text', '22021', () => database.db.user.findMany({ where: { name: 'a\0b' } })],
    ['a division by zero in SQL', '22012', () => database.db.$queryRaw`SELECT 1/0`],
    ['a malformed number from pg', '22P02', () => database.pool.query('SELECT $1::int', ['x'])],
  ])('takes %s for bad input', async (_, sqlState, run) => {
    expect(toDatabaseFault(await errorOf(run()))).toEqual({ kind: 'bad-input', sqlState });
  });

  it('recognises a missing reference', async () => {
    const error = await errorOf(
      database.db.dashboard.create({ data: { ownerId: unknownUser, name: 'x' } }),
    );
    expect(toDatabaseFault(error)).toEqual({ kind: 'reference', sqlState: '23503' });
  });

  it('takes a terminated connection for unavailable, in and outside a transaction', async () => {
    const inside = database.transaction(
      async (db) => db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`,
    );
    const outside = database.pool.query('SELECT pg_terminate_backend(pg_backend_pid())');
    const errors = await Promise.all([errorOf(inside), errorOf(outside)]);
    expect(errors.map(toDatabaseFault)).toEqual(
      Array(2).fill({ kind: 'unavailable', sqlState: '57P01' }),
    );
    expect(await database.db.user.count()).toBe(1);
  });

  it('takes a transaction past its time for unavailable', async () => {
    const late = database.transaction(
      async (db) => {
        await db.$queryRaw`SELECT pg_sleep(0.3)::text`;
        await db.user.count();
      },
      { milliseconds: 100 },
    );
    expect(toDatabaseFault(await errorOf(late))).toEqual({ kind: 'unavailable', sqlState: null });
  });

  it('takes a refused connection, an unknown host, a wrong password and a missing database for unavailable', async () => {
    const { port } = new URL(cluster.url);
    const urls = [
      'postgresql://a:b@127.0.0.1:1/x',
      'postgresql://a:b@no-such-host.invalid/x',
      `postgresql://synap:x@127.0.0.1:${port}/synap`,
      Object.assign(new URL(cluster.url), { pathname: '/missing' }).href,
    ];
    for (const url of urls) {
      const other = createDatabase({ url });
      const errors = [
        await errorOf(other.ping()),
        await errorOf(other.db.user.count()),
        await errorOf(other.transaction((db) => db.user.count())),
      ];
      expect(errors.map((error) => toDatabaseFault(error)?.kind)).toEqual([
        'unavailable',
        'unavailable',
        'unavailable',
      ]);
      await other.close();
    }
  });

  it('leaves faults of the program alone', async () => {
    const errors = [
      await errorOf(database.db.$queryRaw`SELEC 1`),
      await errorOf(database.pool.query('SELEC 1')),
      new TypeError('x'),
      'text',
    ];
    expect(errors.map(toDatabaseFault)).toEqual([null, null, null, null]);
  });
});
