import type { Command, Sql, Statement } from '@synap/db';
import type { JsonValue } from '@synap/module-runtime';
import { z } from 'zod';

/** Maximum rows moved per statement, which keeps each well below the statement timeout. */
const eventsAtOnce = 250;
const entriesAtOnce = 50;

/** Skips validation: a JSON column holds valid JSON, and checking large values would be slow. */
const jsonSchema = z.custom<JsonValue>((value) => value !== undefined);

/** Discards earlier attempts of a run. Also fences them: without a stage they cannot write. */
const discardOfRun: Command = {
  name: 'discard_stages_of_run',
  text: 'DELETE FROM module_stages WHERE run_id = $1::uuid',
};
const open: Command = {
  name: 'open_stage',
  text: 'INSERT INTO module_stages (id, run_id) VALUES ($1::uuid, $2::uuid)',
};
const discard: Command = {
  name: 'discard_stage',
  text: 'DELETE FROM module_stages WHERE id = $1::uuid',
};
const purge: Command = {
  name: 'purge_stages',
  text: `
    DELETE FROM module_stages s
    WHERE NOT EXISTS (
      SELECT FROM module_runs r
      WHERE r.id = s.run_id AND r.lease_token = s.id AND r.status = 'running')`,
};

const addEvents: Command = {
  name: 'stage_events',
  text: `
    INSERT INTO staged_events (stage_id, position, key, type, subject, payload, occurred_at)
    SELECT s.id, $2::int + e.ordinality - 1, e.key, e.type, e.subject, e.payload, e.time
    FROM module_stages s, ROWS FROM (json_to_recordset($3::json)
      AS (key text, type text, subject text, time timestamptz, payload jsonb)) WITH ORDINALITY
      AS e(key, type, subject, time, payload, ordinality)
    WHERE s.id = $1::uuid`,
};
const putEntry: Command = {
  name: 'stage_entry',
  text: `
    INSERT INTO staged_entries (stage_id, key, value)
    SELECT id, $2, $3::jsonb FROM module_stages WHERE id = $1::uuid
    ON CONFLICT (stage_id, key) DO UPDATE SET value = excluded.value`,
};
const findEntry: Statement<JsonValue> = {
  name: 'find_staged_entry',
  text: `
    WITH staged AS (SELECT value FROM staged_entries WHERE stage_id = $1::uuid AND key = $3)
    SELECT value FROM staged
    UNION ALL
    SELECT value FROM module_entries
    WHERE module_id = $2 AND key = $3 AND NOT EXISTS (SELECT FROM staged)`,
  read: (row) => jsonSchema.parse(row.json('value')),
};

const lockStage: Statement<string> = {
  name: 'hold_stage',
  text: 'SELECT id::text FROM module_stages WHERE id = $1::uuid FOR KEY SHARE',
  read: (row) => row.text('id'),
};
const moveEvents: Command = {
  name: 'move_staged_events',
  text: `
    INSERT INTO events (id, source, type, subject, module_id, dedupe_key, payload, occurred_at)
    SELECT ($4::uuid[])[position - $3::int + 1], 'module', type, subject, $2, key, payload,
      occurred_at
    FROM staged_events
    WHERE stage_id = $1::uuid
      AND position >= $3::int
      AND position < $3::int + cardinality($4::uuid[])
    ORDER BY position
    ON CONFLICT (module_id, dedupe_key) DO NOTHING`,
};
const moveEntries: Statement<string | null> = {
  name: 'move_staged_entries',
  text: `
    WITH moved AS (
      SELECT key, value FROM staged_entries
      WHERE stage_id = $1::uuid AND key > $3
      ORDER BY key
      LIMIT ${entriesAtOnce}),
    inserted AS (
      INSERT INTO module_entries (module_id, key, value)
      SELECT $2, key, value FROM moved WHERE value IS NOT NULL
      ON CONFLICT (module_id, key) DO UPDATE SET value = excluded.value, updated_at = now()),
    deleted AS (
      DELETE FROM module_entries e USING moved
      WHERE e.module_id = $2 AND e.key = moved.key AND moved.value IS NULL)
    SELECT max(key) AS last FROM moved`,
  read: (row) => row.textOrNull('last'),
};

/** Identifies an attempt of a run and its module. */
export interface StageKey {
  stageId: string;
  moduleId: string;
}

export type StagesRepository = ReturnType<typeof createStagesRepository>;

/** Stores the staged events and writes of attempts until they end. */
export function createStagesRepository(sql: Sql) {
  async function moveAllEvents(
    { stageId, moduleId }: StageKey,
    count: number,
    newId: () => string,
  ): Promise<number> {
    let added = 0;
    for (let from = 0; from < count; from += eventsAtOnce) {
      const ids = Array.from({ length: Math.min(eventsAtOnce, count - from) }, newId);
      added += await sql.run(moveEvents, [stageId, moduleId, from, ids]);
    }
    return added;
  }

  return {
    async open(stageId: string, runId: string): Promise<void> {
      await sql.run(discardOfRun, [runId]);
      await sql.run(open, [stageId, runId]);
    },

    /**
     * Adds events to a stage.
     * @param events as JSON text
     * @returns false if the stage is gone
     */
    async addEvents(stageId: string, position: number, events: string): Promise<boolean> {
      return (await sql.run(addEvents, [stageId, position, events])) > 0;
    },

    /**
     * Stages an entry.
     * @param value as JSON text; null stages its removal
     * @returns false if the stage is gone
     */
    async putEntry(stageId: string, key: string, value: string | null): Promise<boolean> {
      return (await sql.run(putEntry, [stageId, key, value])) > 0;
    },

    /** Reads an entry as the attempt sees it: its own writes take precedence. */
    findEntry: ({ stageId, moduleId }: StageKey, key: string): Promise<JsonValue> =>
      sql.one(findEntry, [stageId, moduleId, key]),

    /**
     * Moves everything to its final tables, in the caller's transaction.
     * @returns the number of new events, without duplicates; null if the stage is gone
     */
    async apply(key: StageKey, count: number, newId: () => string): Promise<number | null> {
      if ((await sql.one(lockStage, [key.stageId])) === null) return null;
      const added = await moveAllEvents(key, count, newId);
      for (let last: string | null = ''; last !== null; )
        last = await sql.one(moveEntries, [key.stageId, key.moduleId, last]);
      return added;
    },

    async discard(stageId: string): Promise<void> {
      await sql.run(discard, [stageId]);
    },

    /** Deletes stages of ended attempts. */
    async purge(): Promise<void> {
      await sql.run(purge, []);
    },
  };
}
