import type { createPool } from '@synap/db';

type Pool = ReturnType<typeof createPool>;

export const databaseCanary = 'canary-raised-by-the-database';

/**
 * Replaces tables by views that raise an unexpected error for every statement.
 * @param spared tables that keep working
 */
export async function breakDatabase(database: Pool, spared: readonly string[] = []): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  for (const { name } of rows.filter(
    (row) => !spared.includes(row.name) && !row.name.endsWith('_kept'),
  )) {
    await database.query(`
      ALTER TABLE "${name}" RENAME TO "${name}_kept";
      CREATE FUNCTION "break_${name}"() RETURNS SETOF "${name}_kept" LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '${databaseCanary}' USING DETAIL = '${databaseCanary}', HINT = '${databaseCanary}';
      END $$;
      CREATE VIEW "${name}" AS SELECT * FROM "break_${name}"();`);
  }
}
