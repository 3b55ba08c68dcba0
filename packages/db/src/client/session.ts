import type pg from 'pg';
import { schemaOf } from './connection.js';

/**
 * `transaction`: another server connection may serve each transaction, so that nothing set for a
 * session lasts.
 */
export type Pooler = 'none' | 'session' | 'transaction';

/** Settings that change what times, numbers, binary values and unqualified names mean. */
const requiredSettings = {
  TimeZone: { value: 'UTC', fits: /^(Etc\/)?(UTC|UCT|GMT|Zulu|Universal)$/i },
  DateStyle: { value: 'ISO, YMD', fits: /^ISO\b/ },
  IntervalStyle: { value: 'postgres', fits: /^postgres$/ },
  bytea_output: { value: 'hex', fits: /^hex$/ },
  extra_float_digits: { value: '1', fits: /^[1-3]$/ },
  standard_conforming_strings: { value: 'on', fits: /^on$/ },
  client_encoding: { value: 'UTF8', fits: /^UTF8$/ },
  // What waits for a lock must see what was committed meanwhile.
  default_transaction_isolation: { value: 'read committed', fits: /^read committed$/ },
} as const;

/**
 * Time-outs by which a role's default would end idle connections, or long transactions such as a
 * backup. PostgreSQL 15 and 16 lack one.
 */
const liftedTimeouts = ['idle_session_timeout', 'transaction_timeout'] as const;

/**
 * Tables without `?schema=` are in `public`, whatever the search path of the role is: that may lead
 * to another program's tables.
 */
export const defaultSchema = 'public';

export interface SessionSettings {
  /** Of the database; gives the schema. */
  url: string;
  pooler?: Pooler;
  /** Further settings, such as time-outs. Behind a transaction pooler they are not set. */
  settings?: Readonly<Record<string, string | number>>;
}

/**
 * A session in which values would be read or written wrongly. Its message says how to set the
 * database right.
 */
export class SessionSettingsError extends Error {
  override name = 'SessionSettingsError';
}

const literal = (value: string | number) => `'${String(value).replaceAll("'", "''")}'`;

const isKnown = (name: string) => `current_setting('${name}', true) IS NOT NULL`;

/** `set_config` answers the value as it is from then on. */
function statementOf({ url, pooler, settings = {} }: SessionSettings): string {
  const required = Object.entries(requiredSettings).map(([name, { value }]): [string, string] => [
    name,
    value,
  ]);
  const path: [string, string] = ['search_path', schemaOf(url) ?? defaultSchema];
  if (pooler === 'transaction') {
    const columns = [...required, path].map(([name]) => `current_setting('${name}') AS "${name}"`);
    return `SELECT ${columns.join(', ')}, session_user AS "role", current_database() AS "database", current_schema() AS "schema"`;
  }
  const all = [...required, path, ...Object.entries(settings)];
  const columns = all.map(
    ([name, value]) => `set_config('${name}', ${literal(value)}, false) AS "${name}"`,
  );
  const lifted = liftedTimeouts.map(
    (name) => `CASE WHEN ${isKnown(name)} THEN set_config('${name}', '0', false) END AS "${name}"`,
  );
  return `SELECT ${[...columns, ...lifted].join(', ')}`;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Names what is wrong and the statements that set it right for a role in a database. */
function faultOf(url: string, found: Readonly<Record<string, string | null>>): string | null {
  const wrong = Object.entries(requiredSettings).filter(
    ([name, { fits }]) => !fits.test(found[name] ?? ''),
  );
  const remedies = wrong.map(([name, { value }]) => [name, found[name], literal(value)]);
  const schema = schemaOf(url) ?? defaultSchema;
  // Not the current schema, which is null until the migrations have made it.
  const path = (found.search_path ?? '').split(',').map((name) => name.trim().replaceAll('"', ''));
  const first = path.find((name) => name !== '$user');
  const leads = found.schema === null || found.schema === schema;
  if (first !== schema || !leads) remedies.push(['search_path', found.search_path, quoted(schema)]);
  if (remedies.length === 0) return null;
  const target = `ALTER ROLE ${quoted(found.role ?? '')} IN DATABASE ${quoted(found.database ?? '')} SET`;
  const seen = remedies.map(([name, value]) => `${name} is "${value}"`).join(', ');
  const statements = remedies
    .map(([name, , value]) => `  ${target} ${name} = ${value};`)
    .join('\n');
  return `Sessions of the database have settings that make it answer wrongly: ${seen}. Run this, then reconnect the pooler (RECONNECT):\n${statements}`;
}

/**
 * Puts a new connection into the settings that all statements rely on, whatever the server,
 * database, role or pooler prefers. They are set by a statement: poolers drop or refuse start-up
 * options. Behind a transaction pooler they are verified only.
 *
 * @throws SessionSettingsError if they do not hold
 */
export async function prepareSession(
  client: pg.ClientBase,
  session: SessionSettings,
  milliseconds = 0,
): Promise<void> {
  const run = (text: string) => {
    const query = { text, query_timeout: milliseconds === 0 ? undefined : milliseconds };
    return client.query<Record<string, string | null>>(query);
  };
  // Apart, because the role's own time-out counts for the statement that sets ours.
  if (session.pooler !== 'transaction') await run('SET statement_timeout = 0');
  const { rows } = await run(statementOf(session));
  const [found = {}] = rows;
  if (session.pooler === 'transaction') {
    const fault = faultOf(session.url, found);
    if (fault !== null) throw new SessionSettingsError(fault);
    return;
  }
  const wrong = Object.entries(requiredSettings).filter(
    ([name, { fits }]) => !fits.test(found[name] ?? ''),
  );
  if (wrong.length > 0)
    throw new SessionSettingsError(
      `The database does not take the setting ${wrong.map(([name]) => name).join(', ')}.`,
    );
}
