import { schemaOf } from '../client/connection.js';
import { defaultSchema } from '../client/session.js';
import { createMigrationPool } from './adapter.js';

/** The role lacks the right to create objects of the migrations. The message says what to grant. */
export class MissingRightError extends Error {
  override name = 'MissingRightError';
}

interface Rights {
  role: string;
  database: string;
  /** Right to create schemas: Synap's, if missing, and that of the job queue. */
  inDatabase: boolean;
  /** `null` if the schema does not exist. */
  inSchema: boolean | null;
}

/**
 * Checks rights before migrating: a migration that fails midway is recorded as failed and needs
 * manual repair.
 */
export async function assertMayCreate(url: string): Promise<void> {
  const schema = schemaOf(url) ?? defaultSchema;
  const pool = createMigrationPool(url);
  try {
    const { rows } = await pool.query<Rights>(
      `SELECT
         current_user AS role,
         current_database() AS database,
         has_database_privilege(current_database(), 'CREATE') AS "inDatabase",
         (
           SELECT has_schema_privilege(oid, 'CREATE')
           FROM pg_namespace
           WHERE nspname = $1
         ) AS "inSchema"`,
      [schema],
    );
    const [rights] = rows;
    if (!rights || (rights.inDatabase && rights.inSchema !== false)) return;
    throw new MissingRightError(adviceFor(rights, schema));
  } finally {
    await pool.end();
  }
}

function adviceFor({ role, database, inSchema }: Rights, schema: string): string {
  const grants = [`GRANT CREATE ON DATABASE "${database}" TO "${role}"`];
  if (inSchema === false) grants.push(`GRANT CREATE ON SCHEMA "${schema}" TO "${role}"`);
  return `The role "${role}" may not create tables in the schema "${schema}" of the database "${database}", which pending migrations require: run ${grants.join('; ')} – or apply them with another role`;
}
