import type { Db } from '@synap/db';
import type { JsonValue } from '@synap/module-runtime';

/** What a run has changed; `null` marks a removal. */
export type StagedEntries = ReadonlyMap<string, { value: JsonValue } | null>;

export type EntriesRepository = ReturnType<typeof createEntriesRepository>;

export function createEntriesRepository(db: Db) {
  return {
    async find(moduleId: string, key: string): Promise<JsonValue> {
      const row = await db.moduleEntry.findUnique({ where: { moduleId_key: { moduleId, key } }, select: { value: true } });
      return row?.value ?? null;
    },

    async apply(moduleId: string, staged: StagedEntries): Promise<void> {
      const put = [...staged].flatMap(([key, entry]) => (entry ? [{ key, value: entry.value }] : []));
      const gone = [...staged].flatMap(([key, entry]) => (entry ? [] : [key]));
      if (put.length > 0) {
        await db.$executeRaw`
          INSERT INTO module_entries (module_id, key, value) SELECT ${moduleId}, e.key, e.value
          FROM jsonb_to_recordset(${JSON.stringify(put)}::jsonb) AS e(key text, value jsonb)
          ON CONFLICT (module_id, key) DO UPDATE SET value = excluded.value, updated_at = now()`;
      }
      if (gone.length > 0) await db.moduleEntry.deleteMany({ where: { moduleId, key: { in: gone } } });
    },
  };
}
