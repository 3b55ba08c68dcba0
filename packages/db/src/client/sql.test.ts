import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryCluster, temporaryCluster } from '../temporary.test.support.js';
import { createDatabase, type Database } from './database.js';
import { type Statement, sqlWithin } from './sql.js';

let cluster: TemporaryCluster;
let database: Database;

beforeAll(async () => {
  cluster = await temporaryCluster();
  database = createDatabase({ url: cluster.url, size: 3 });
  await database.pool.query(
    `CREATE TABLE notes (id int PRIMARY KEY, title text, made timestamptz(3) DEFAULT '2026-01-02T03:04:05.678Z', tags jsonb DEFAULT '["a"]')`,
  );
  await database.pool.query(`INSERT INTO notes VALUES (1, 'one'), (2, NULL)`);
});

afterAll(async () => {
  await database.close();
  await cluster.dispose();
});

const noteById: Statement<{ id: number; title: string | null; made: Date; tags: unknown }> = {
  name: 'note_by_id',
  text: 'SELECT id, title, made, tags FROM notes WHERE id = $1',
  read: (row) => ({
    id: row.number('id'),
    title: row.textOrNull('title'),
    made: row.date('made'),
    tags: row.json('tags'),
  }),
};

describe('Sql', () => {
  it('reads typed rows', async () => {
    const made = new Date('2026-01-02T03:04:05.678Z');
    expect(await database.sql.one(noteById, [1])).toEqual({
      id: 1,
      title: 'one',
      made,
      tags: ['a'],
    });
    expect(await database.sql.one(noteById, [2])).toEqual({
      id: 2,
      title: null,
      made,
      tags: ['a'],
    });
    expect(await database.sql.one(noteById, [3])).toBeNull();
    expect(
      await database.sql.many(
        {
          ...noteById,
          name: 'notes',
          text: 'SELECT id, title, made, tags FROM notes WHERE id < $1',
        },
        [9],
      ),
    ).toHaveLength(2);
  });

  it('runs a write and says how many rows it changed, in a transaction as well', async () => {
    const rename = {
      name: 'rename_notes',
      text: 'UPDATE notes SET title = $2 WHERE id = ANY($1::int[])',
    };
    expect(await database.sql.run(rename, [[1, 3], 'one'])).toBe(1);
    const undone = database.transaction(async (db) => {
      expect(await sqlWithin(db).run(rename, [[1, 2], 'other'])).toBe(2);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await database.sql.one(noteById, [2])).toMatchObject({ title: null });
  });

  it('prepares a statement once on a connection', async () => {
    const { rows } = await database.pool.query(
      `SELECT name FROM pg_prepared_statements WHERE name = 'note_by_id'`,
    );
    expect(rows).toEqual([{ name: 'note_by_id' }]);
  });

  it('names the statement and the column that do not fit', async () => {
    const wrong = {
      name: 'wrong',
      text: 'SELECT id, title FROM notes WHERE id = 2',
      read: (row: Parameters<typeof noteById.read>[0]) => row.text('title'),
    };
    await expect(database.sql.one(wrong, [])).rejects.toThrow(
      'Statement wrong: column title should be text, not null',
    );
    await expect(
      database.sql.one({ ...wrong, name: 'absent', read: (row) => row.boolean('done') }, []),
    ).rejects.toThrow(/absent.*done.*no such column/);
  });

  it('goes on after a migration changed what a prepared statement returns, on every connection', async () => {
    const all: Statement<number> = {
      name: 'all_notes',
      text: 'SELECT * FROM notes WHERE id = $1',
      read: (row) => row.number('id'),
    };
    await Promise.all([1, 1, 1].map((id) => database.sql.one(all, [id])));
    expect(database.pool.totalCount).toBe(3);
    await database.pool.query('ALTER TABLE notes ADD COLUMN more int');
    expect(await Promise.all([1, 1, 1].map((id) => database.sql.one(all, [id])))).toEqual([
      1, 1, 1,
    ]);
  });
});
