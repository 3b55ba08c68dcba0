import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../embedded/embedded.js';
import { migrateDeploy } from '../engine/migrate.js';
import {
  repositoryMigrations,
  type TemporaryCluster,
  temporaryCluster,
} from '../temporary.test.support.js';
import { createDatabase, type Database } from './database.js';
import { isUnavailable, toDatabaseFault } from './faults.js';
import { createPool } from './pool.js';

let cluster: TemporaryCluster;
let database: Database;
const limits = {
  size: 2,
  acquireMilliseconds: 1000,
  statementMilliseconds: 1200,
  lockMilliseconds: 300,
  // Longer than the lock time-out, with a margin for a busy machine.
  idleInTransactionMilliseconds: 2000,
};

beforeAll(async () => {
  cluster = await temporaryCluster();
  await migrateDeploy(cluster.url, repositoryMigrations);
  database = createDatabase({ url: cluster.url, ...limits });
});

afterAll(async () => {
  await database.close();
  await cluster.dispose();
});

const person = (email: string) => ({ email, name: 'Ada', passwordHash: 'none' });
const faultOf = (promise: Promise<unknown>) => promise.then(() => null, toDatabaseFault);

describe('Db', () => {
  it('refuses undefined in a condition', async () => {
    await expect(database.db.user.findMany({ where: { id: undefined } })).rejects.toThrow(
      /undefined/,
    );
    await expect(database.db.user.deleteMany({ where: { email: undefined } })).rejects.toThrow(
      /undefined/,
    );
  });

  it('keeps a transaction whole', async () => {
    const failed = database.transaction(async (db) => {
      await db.user.create({ data: person('lost@example.org') });
      throw new Error('after the insert');
    });
    await expect(failed).rejects.toThrow('after the insert');
    expect(await database.db.user.count({ where: { email: 'lost@example.org' } })).toBe(0);
  });

  it('reads times as they were written, whatever time zone the server prefers', async () => {
    await database.pool.query(`ALTER DATABASE synap SET timezone = 'America/New_York'`);
    const elsewhere = createDatabase({ url: cluster.url });
    const { id, createdAt } = await elsewhere.db.user.create({ data: person('time@example.org') });
    const { rows } = await elsewhere.pool.query(
      'SELECT extract(epoch FROM created_at) * 1000 AS at FROM users WHERE id = $1',
      [id],
    );
    expect(createdAt.getTime()).toBe(Math.round(Number(rows[0].at)));
    await elsewhere.close();
  });
});

describe('close', () => {
  it('ends the pool even if Prisma cannot disconnect', async () => {
    const failing = createDatabase({ url: cluster.url });
    Reflect.set(failing.db, '$disconnect', () => Promise.reject(new Error('stuck')));
    await expect(failing.close()).rejects.toThrow('stuck');
    expect(failing.pool.ended).toBe(true);
  });
});

describe('limits', () => {
  it('ends a statement, a wait for a lock, an idle transaction and a wait for a connection', async () => {
    expect(await faultOf(database.pool.query('SELECT pg_sleep(2)'))).toEqual({
      kind: 'unavailable',
      sqlState: '57014',
    });

    const holder = await database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE users');
    expect(await faultOf(database.db.user.count())).toEqual({
      kind: 'unavailable',
      sqlState: '55P03',
    });
    await delay(limits.idleInTransactionMilliseconds + 200);
    expect(await faultOf(holder.query('SELECT 1'))).toMatchObject({ kind: 'unavailable' });
    holder.release();

    const held = await Promise.all([database.pool.connect(), database.pool.connect()]);
    expect(await faultOf(database.pool.query('SELECT 1'))).toEqual({
      kind: 'unavailable',
      sqlState: null,
    });
    expect(await faultOf(database.db.user.count())).toEqual({
      kind: 'unavailable',
      sqlState: null,
    });
    expect(await faultOf(database.transaction((db) => db.user.count()))).toEqual({
      kind: 'unavailable',
      sqlState: null,
    });
    for (const client of held) client.release();
  });

  it('takes no connection back inside an open transaction, and none twice', async () => {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    client.release();
    client.release();
    const { rows } = await database.pool.query('SELECT now() = statement_timestamp() AS fresh');
    expect(rows).toEqual([{ fresh: true }]);
    expect(database.pool.totalCount).toBeLessThanOrEqual(limits.size);
  });

  it('lives on when connections break: in use, idle, or while they are closed', async () => {
    const pool = createPool({ url: cluster.url, applicationName: 'to be ended', size: 2 });
    const [using, idle] = [await pool.connect(), await pool.connect()];
    idle.release();
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to be ended'",
    );
    await expect(using.query('SELECT 1')).rejects.toThrow();
    using.release();
    const last = await pool.connect();
    last.release();
    const ending = pool.end();
    last.emit('error', new Error('the server goes down before it reads that we leave'));
    await ending;
  });

  it('leaves no connection behind whose commit got no answer in time', async () => {
    // PostgreSQL's time-out does not cover a commit. Here the commit waits for a deferred trigger,
    // and the client times out first.
    await database.pool.query(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle();
    `);
    const slow = (name: string) =>
      database.transaction((db) => db.user.create({ data: person(`${name}@slow.org`) }));
    expect(await Promise.all([faultOf(slow('one')), faultOf(slow('two'))])).toEqual(
      Array(2).fill({ kind: 'unavailable', sqlState: null }),
    );
    const states = await Promise.all(
      [1, 2].map(() =>
        database.transaction((db) => db.$queryRaw`SELECT txid_current_if_assigned()::text AS txid`),
      ),
    );
    expect(states).toEqual([[{ txid: null }], [{ txid: null }]]);
  });
});

describe('a database that goes away', () => {
  it('is reported as unavailable by every path, and used again when it is back', async () => {
    await Promise.all([database.ping(), database.db.user.count()]);
    await cluster.stop();
    const reads = [
      database.ping(),
      database.db.user.count(),
      database.transaction((db) => db.user.count()),
    ];
    const errors = await Promise.all(
      reads.map((read) =>
        read.then(
          () => null,
          (error: unknown) => error,
        ),
      ),
    );
    expect(errors.map(isUnavailable)).toEqual([true, true, true]);

    const again = await startEmbeddedPostgres({ dataDir: cluster.dataDir, durable: false });
    expect(again.url).toBe(cluster.url);
    expect(await database.db.user.count()).toBeGreaterThan(0);
    await again.stop();
  });
});
