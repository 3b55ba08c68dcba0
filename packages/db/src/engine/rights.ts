import { schemaOf } from '../client/connection.js';
import { defaultSchema } from '../client/session.js';
import { createMigrationPool } from './adapter.js';

/**
 * The role of the address may not make what the migrations make. Its message says what to grant.
 */
export class MissingRightError extends Error {
  override name = 'MissingRightError';
}

interface Rights {
  role: string;
  database: string;
  /** Schemas are made too: ours, if it is missing, and that of the job queue. */
  inDatabase: boolean;
  /** Null if the schema does not exist. */
  inSchema: boolean | null;
}

/**
 * Looks before the migrations begin: one that fails half-way is marked as failed, and a person has
 * to resolve it.
 */
export async function assertMayCreate(url: string): Promise<void> {
  const schema = schemaOf(url) ?? defaultSchema;
  const pool = createMigrationPool(url);
  try {
    const { rows } = await pool.query<Rights>(
      `SELECT current_user AS role, current_database() AS database,
        has_database_privilege(current_database(), 'CREATE') AS "inDatabase",
        (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1) AS "inSchema"`,
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
  return `The role "${role}" may not create tables in the schema "${schema}" of the database "${database}", which pending migrations do: run ${grants.join('; ')} – or apply them with another role`;
}
