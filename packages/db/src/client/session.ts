import type pg from 'pg';
import { schemaOf } from './connection.js';

/**
 * Kind of pooler. With `transaction`, each transaction may use another server connection, so
 * session settings do not last.
 */
export type Pooler = 'none' | 'session' | 'transaction';

/** Settings that change how times, numbers, binary values and unqualified names are read. */
const requiredSettings = {
  TimeZone: { value: 'UTC', fits: /^(Etc\/)?(UTC|UCT|GMT|Zulu|Universal)$/i },
  DateStyle: { value: 'ISO, YMD', fits: /^ISO\b/ },
  IntervalStyle: { value: 'postgres', fits: /^postgres$/ },
  bytea_output: { value: 'hex', fits: /^hex$/ },
  extra_float_digits: { value: '1', fits: /^[1-3]$/ },
  standard_conforming_strings: { value: 'on', fits: /^on$/ },
  client_encoding: { value: 'UTF8', fits: /^UTF8$/ },
  // After waiting for a lock, a statement must see what others committed meanwhile.
  default_transaction_isolation: { value: 'read committed', fits: /^read committed$/ },
} as const;

/**
 * Time-outs that a role's default could set, and that would end idle connections or long
 * transactions such as a backup. PostgreSQL 15 and 16 lack the second one.
 */
const disabledTimeouts = ['idle_session_timeout', 'transaction_timeout'] as const;

/**
 * Schema of addresses without `?schema=`. Ignores the role's search path, which may lead to another
 * program's tables.
 */
export const defaultSchema = 'public';

export interface SessionSettings {
  /** Address of the database; also names the schema. */
  url: string;
  pooler?: Pooler;
  /** Further settings, such as time-outs. Not applied behind a transaction pooler. */
  settings?: Readonly<Record<string, string | number>>;
}

/** The session has settings that would corrupt values. The message says how to correct them. */
export class SessionSettingsError extends Error {
  override name = 'SessionSettingsError';
}

const literal = (value: string | number) => `'${String(value).replaceAll("'", "''")}'`;

const isKnown = (name: string) => `current_setting('${name}', true) IS NOT NULL`;

/** Builds the statement. `set_config` returns the value that applies from then on. */
function settingsStatement({ url, pooler, settings = {} }: SessionSettings): string {
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
  const disabled = disabledTimeouts.map(
    (name) => `CASE WHEN ${isKnown(name)} THEN set_config('${name}', '0', false) END AS "${name}"`,
  );
  return `SELECT ${[...columns, ...disabled].join(', ')}`;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Describes wrong settings and the ALTER ROLE statements that correct them. */
function describeProblems(
  url: string,
  found: Readonly<Record<string, string | null>>,
): string | null {
  const wrong = Object.entries(requiredSettings).filter(
    ([name, { fits }]) => !fits.test(found[name] ?? ''),
  );
  const remedies = wrong.map(([name, { value }]) => [name, found[name], literal(value)]);
  const schema = schemaOf(url) ?? defaultSchema;
  // Do not use current_schema(), which is null until the migrations create the schema.
  const path = (found.search_path ?? '').split(',').map((name) => name.trim().replaceAll('"', ''));
  const first = path.find((name) => name !== '$user');
  const matches = found.schema === null || found.schema === schema;
  if (first !== schema || !matches)
    remedies.push(['search_path', found.search_path, quoted(schema)]);
  if (remedies.length === 0) return null;
  const target = `ALTER ROLE ${quoted(found.role ?? '')} IN DATABASE ${quoted(found.database ?? '')} SET`;
  const seen = remedies.map(([name, value]) => `${name} is "${value}"`).join(', ');
  const statements = remedies
    .map(([name, , value]) => `  ${target} ${name} = ${value};`)
    .join('\n');
  return `Sessions of the database have settings that would corrupt values: ${seen}. Run this, then reconnect the pooler (RECONNECT):\n${statements}`;
}

/**
 * Applies the settings that all statements rely on, overriding those of server, database, role and
 * pooler. Uses a statement, because poolers drop or reject start-up options. Behind a transaction
 * pooler it only verifies the settings.
 *
 * @throws SessionSettingsError if a setting is wrong
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
  // Separate statement: the role's own time-out still applies to the one that changes it.
  if (session.pooler !== 'transaction') await run('SET statement_timeout = 0');
  const { rows } = await run(settingsStatement(session));
  const [found = {}] = rows;
  if (session.pooler === 'transaction') {
    const fault = describeProblems(session.url, found);
    if (fault !== null) throw new SessionSettingsError(fault);
    return;
  }
  const wrong = Object.entries(requiredSettings).filter(
    ([name, { fits }]) => !fits.test(found[name] ?? ''),
  );
  if (wrong.length > 0)
    throw new SessionSettingsError(
      `The database rejects the settings ${wrong.map(([name]) => name).join(', ')}.`,
    );
}
