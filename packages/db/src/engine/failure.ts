import pg from 'pg';

/** A migration that PostgreSQL rejected, reported as by Prisma's native engine (P3018). */
class MigrationFailure extends Error {
  override name = 'MigrationFailure';
  readonly code = 'P3018';
}

function text(
  migration: string,
  { code, message, detail, hint, position }: pg.DatabaseError,
): string {
  const lines = [
    `A migration failed to apply. New migrations cannot be applied before the error is recovered from.`,
    `Migration name: ${migration}`,
    `Database error code: ${code ?? 'unknown'}`,
    `Database error: ${message}`,
    detail && `Detail: ${detail}`,
    hint && `Hint: ${hint}`,
    position && `Position: character ${position} of migration.sql`,
    `Fix the leftovers, then run: npx prisma migrate resolve --rolled-back ${migration} (or --applied ${migration})`,
  ];
  return lines.filter(Boolean).join('\n');
}

/**
 * Adds the migration and PostgreSQL's reason, if the engine only reports "external connector
 * error".
 */
export function explainFailure(error: unknown, scriptError: unknown): unknown {
  if (!(error instanceof Error) || !(scriptError instanceof pg.DatabaseError)) return error;
  const migration = /with migration_name="([^"]+)"/.exec(error.message)?.[1];
  return migration ? new MigrationFailure(text(migration, scriptError), { cause: error }) : error;
}
