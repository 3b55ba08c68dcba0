import type { Db } from '@synap/db';
import type { JsonValue } from '@synap/module-runtime';

export type EntriesRepository = ReturnType<typeof createEntriesRepository>;

export function createEntriesRepository(db: Db) {
  return {
    async find(moduleId: string, key: string): Promise<JsonValue> {
      const row = await db.moduleEntry.findUnique({
        where: { moduleId_key: { moduleId, key } },
        select: { value: true },
      });
      return row?.value ?? null;
    },
  };
}
