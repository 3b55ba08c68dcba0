import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryCluster, temporaryCluster } from '../temporary.test.support.js';
import { batchStatement } from './batch-statement.js';
import { createDatabase, type Database } from './database.js';
import { toDatabaseFault } from './faults.js';
import { createPool } from './pool.js';
import { createSql } from './pooled-sql.js';
import { sqlWithin } from './sql.js';

const ids = Array.from(
  { length: 5000 },
  (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
);
const idOf = (index: number) => ids[index] ?? '';
const missing = 'ffffffff-ffff-4fff-8fff-ffffffffffff';

const noteById = batchStatement({
  name: 'batch_note',
  key: { id: 'uuid' },
  text: (keys) => `SELECT k.n, p.title FROM ${keys} JOIN notes p ON p.id = k.id`,
  read: (row) => row.text('title'),
});

const notesByOwner = batchStatement({
  name: 'batch_notes',
  key: { owner: 'int', before: 'text', size: 'int' },
  text: (keys) => `
    SELECT k.n, p.title
    FROM ${keys}
    CROSS JOIN LATERAL (
      SELECT title
      FROM notes
      WHERE owner = k.owner AND (k.before IS NULL OR title < k.before)
      ORDER BY title DESC
      LIMIT k.size) p
    ORDER BY k.n, p.title DESC`,
  read: (row) => row.text('title'),
});

let cluster: TemporaryCluster;
let database: Database;
const statements: [string, number][] = [];

beforeAll(async () => {
  cluster = await temporaryCluster();
  database = createDatabase({
    url: cluster.url,
    size: 4,
    statementMilliseconds: 15_000,
    onBatch: (...statement) => statements.push(statement),
  });
  await database.pool.query('CREATE TABLE notes (id uuid PRIMARY KEY, owner int, title text)');
  await database.pool.query(
    `INSERT INTO notes
      SELECT id, n % 1000, 'note ' || n - 1
      FROM unnest($1::uuid[]) WITH ORDINALITY AS k(id, n)`,
    [ids],
  );
  await database.pool.query('CREATE INDEX ON notes (owner, title)');
  await database.pool.query('ANALYZE notes');
});

afterAll(async () => {
  await database.close();
  await cluster.dispose();
});

const read = (id: string, { sql }: Pick<Database, 'sql'> = database) =>
  sql.oneByKey(noteById, { id });

/** Holds the table, so that statements wait for it. */
async function lockNotes(): Promise<() => Promise<void>> {
  const holder = await database.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE notes');
  return async () => {
    await holder.query('ROLLBACK');
    holder.release();
  };
}

describe('oneByKey', () => {
  it('gives each caller its own row, with one statement', async () => {
    statements.length = 0;
    const asked = [idOf(3), missing, idOf(1), idOf(3), idOf(2)];
    expect(await Promise.all(asked.map((id) => read(id)))).toEqual([
      'note 3',
      null,
      'note 1',
      'note 3',
      'note 2',
    ]);
    expect(statements).toEqual([['batch_note', 5]]);
  });

  it('fails only the read whose key the database cannot convert', async () => {
    const reads = [read(idOf(1)), read('zzz'), read(idOf(2)), read('a\0b')];
    const results = await Promise.allSettled(reads);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    await expect(reads[1]).rejects.toMatchObject({ code: '22P02' });
    await expect(reads[3]).rejects.toMatchObject({ code: '22021' });
  });

  it('fails only the read whose row does not fit', async () => {
    await database.pool.query(`UPDATE notes SET title = NULL WHERE id = '${idOf(9)}'`);
    const [one, other] = await Promise.allSettled([read(idOf(9)), read(idOf(8))]);
    expect(one).toMatchObject({ status: 'rejected', reason: expect.any(TypeError) });
    expect(other).toEqual({ status: 'fulfilled', value: 'note 8' });
  });

  it('names a statement that does not select the position', async () => {
    const forgetful = batchStatement({
      name: 'batch_forgetful',
      key: { id: 'uuid' },
      text: (keys) => `SELECT p.title FROM ${keys} JOIN notes p ON p.id = k.id`,
      read: (row) => row.text('title'),
    });
    const reads = [idOf(1), idOf(2)].map((id) => database.sql.oneByKey(forgetful, { id }));
    for (const result of await Promise.allSettled(reads))
      expect(String(result.status === 'rejected' && result.reason)).toContain(
        'batch_forgetful: column n',
      );
  });

  it('reads its own writes inside a transaction, alone', async () => {
    statements.length = 0;
    const undone = database.transaction(async (db) => {
      const sql = sqlWithin(db);
      await db.$executeRawUnsafe(`UPDATE notes SET title = 'new' WHERE id = '${idOf(5)}'`);
      expect(await sql.oneByKey(noteById, { id: idOf(5) })).toBe('new');
      expect(await sql.oneByKey(noteById, { id: missing })).toBeNull();
      const page = await sql.manyByKey(notesByOwner, { owner: 7, before: null, size: 2 });
      expect(page).toEqual(['note 6', 'note 4006']);
      expect(statements).toEqual([]);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await read(idOf(5))).toBe('note 5');
  });

  it('works without prepared statements, as behind a transaction pooler', async () => {
    const pool = createPool({ url: cluster.url, size: 1 });
    const sql = createSql(pool, { prepared: false });
    expect(await Promise.all([read(idOf(1), { sql }), read(idOf(2), { sql })])).toEqual([
      'note 1',
      'note 2',
    ]);
    const { rows } = await pool.query('SELECT name FROM pg_prepared_statements');
    expect(rows).toEqual([]);
    await pool.end();
  });

  it('goes on after a migration changed what the statement returns', async () => {
    const all = batchStatement({
      name: 'batch_all',
      key: { id: 'uuid' },
      text: (keys) => `SELECT k.n, p.* FROM ${keys} JOIN notes p ON p.id = k.id`,
      read: (row) => row.text('title'),
    });
    const readAll = (index = 1) => database.sql.oneByKey(all, { id: idOf(index) });
    const readTwo = () => Promise.all([readAll(), readAll(2)]);
    expect([await readAll(), await readTwo()]).toEqual(['note 1', ['note 1', 'note 2']]);
    await database.pool.query('ALTER TABLE notes ADD COLUMN more int');
    expect([await readAll(), await readTwo()]).toEqual(['note 1', ['note 1', 'note 2']]);
  });
});

describe('manyByKey', () => {
  it('gives each caller the rows of its key, in order and within its limit', async () => {
    statements.length = 0;
    const list = (owner: number, before: string | null, size: number) =>
      database.sql.manyByKey(notesByOwner, { owner, before, size });
    const lists = [list(2, null, 2), list(3, 'note 2002', 9), list(-1, null, 9), list(2, null, 2)];
    expect(await Promise.all(lists)).toEqual([
      ['note 4001', 'note 3001'],
      ['note 2', 'note 1002'].sort().reverse(),
      [],
      ['note 4001', 'note 3001'],
    ]);
    expect(statements).toEqual([['batch_notes', 4]]);
  });
});

describe('the plans of a batch statement', () => {
  const uuids = (count: number) => `ARRAY['${ids.slice(0, count).join("','")}']::uuid[]`;
  it.each([
    ['one key', noteById.one, 'uuid', `'${idOf(1)}'`],
    ['two keys', noteById.many, 'uuid[]', uuids(2)],
    ['a hundred keys', noteById.many, 'uuid[]', uuids(100)],
  ])('use the index and are made once, for %s', async (_, { text }, type, value) => {
    const client = await database.pool.connect();
    try {
      await client.query('DEALLOCATE ALL');
      await client.query(`PREPARE planned (${type}) AS ${text}`);
      for (let run = 0; run < 6; run += 1) await client.query(`EXECUTE planned (${value})`);
      const { rows } = await client.query('SELECT generic_plans FROM pg_prepared_statements');
      expect(rows).toEqual([{ generic_plans: '1' }]);
      const plan = await client.query(`EXPLAIN EXECUTE planned (${value})`);
      expect(JSON.stringify(plan.rows)).toContain('Index Scan using notes_pkey');
      expect(JSON.stringify(plan.rows)).not.toContain('Seq Scan');
    } finally {
      // Its prepared statements are gone, which the driver does not know.
      client.release(true);
    }
  });
});

describe('a batch that waits', () => {
  it('is rejected when the pool closes, and nothing hangs', async () => {
    const closing = createDatabase({ url: cluster.url, size: 4, statementMilliseconds: 15_000 });
    await closing.ping();
    const unlock = await lockNotes();
    const first = read(idOf(1), closing);
    await new Promise((resolve) => setImmediate(resolve));
    const second = read(idOf(2), closing);
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = Promise.allSettled([read(idOf(3), closing), read(idOf(4), closing)]);
    const closed = closing.close();
    await new Promise((resolve) => setImmediate(resolve));
    await unlock();
    expect(await Promise.all([first, second])).toEqual(['note 1', 'note 2']);
    const results = await waiting;
    for (const result of results)
      expect(result.status === 'rejected' && toDatabaseFault(result.reason)?.kind).toBe(
        'unavailable',
      );
    await closed;
    await expect(read(idOf(1), closing)).rejects.toThrow('Cannot use a pool');
  });

  it('fails within the limits of the pool if every statement hangs', async () => {
    const limited = createDatabase({ url: cluster.url, size: 4, lockMilliseconds: 300 });
    const unlock = await lockNotes();
    const reads = [1, 2, 3, 4].map((index) => read(idOf(index), limited));
    const results = await Promise.allSettled(reads);
    for (const result of results)
      expect(result.status === 'rejected' && toDatabaseFault(result.reason)).toEqual({
        kind: 'unavailable',
        sqlState: '55P03',
      });
    await unlock();
    expect(await read(idOf(1), limited)).toBe('note 1');
    await limited.close();
  });
});
