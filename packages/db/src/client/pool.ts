import pg from 'pg';

/** Limits of a pool; figures of the security parameters ("Time-outs"), in milliseconds. 0 lifts a limit. */
export interface PoolOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Connections at most. */
  size?: number;
  /** How long a caller waits for a connection. */
  acquireMilliseconds?: number;
  statementMilliseconds?: number;
  lockMilliseconds?: number;
  idleInTransactionMilliseconds?: number;
  /** Settings of each session, such as `synchronous_commit`. */
  settings?: Readonly<Record<string, string>>;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  onError?: (error: Error) => void;
}

/** Added to the server's own limit: an answer that never comes (a network that swallows packets) ends a call too. */
const graceMilliseconds = 3_000;

/**
 * Hands out connections whose second release does nothing, and takes none back inside an open transaction: after a commit that
 * timed out adapter-pg returns the connection as if nothing had happened, and the next caller would continue that transaction.
 */
class GuardedPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<pg.Pool['connect']>[0]): void;
  override connect(callback?: Parameters<pg.Pool['connect']>[0]): Promise<pg.PoolClient> | undefined {
    if (callback) {
      super.connect(callback);
      return undefined;
    }
    return super.connect().then(guardRelease);
  }
}

function guardRelease(client: pg.PoolClient): pg.PoolClient {
  const release = client.release;
  let released = false;
  client.release = (destroy) => {
    if (released) return;
    released = true;
    release(destroy || client.getTransactionStatus() !== 'I');
  };
  return client;
}

/** The schema of Prisma's `?schema=` in an address; `undefined` means the role's search path. Throws for a name that would need quoting. */
export function schemaOf(url: string): string | undefined {
  const schema = new URL(url).searchParams.get('schema') ?? undefined;
  if (schema !== undefined && !/^[a-z_][a-z0-9_]*$/.test(schema)) {
    throw new Error(`The schema "${schema}" in DATABASE_URL must consist of lower-case letters, digits and underscores.`);
  }
  return schema;
}

/** Session settings as connection options. UTC, because adapter-pg drops the offset of a time and would read any other wrong. */
export function sessionOptions(url: string, settings: Readonly<Record<string, string | number>> = {}): string {
  const schema = schemaOf(url);
  const all = { timezone: 'UTC', ...settings, ...(schema && { search_path: schema }) };
  return Object.entries(all)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** A pool with the product's limits. With all limits at 0 it serves workers, to which time-outs do not apply. */
export function createPool({
  url,
  applicationName = 'synap',
  size = 10,
  acquireMilliseconds = 2_000,
  statementMilliseconds = 5_000,
  lockMilliseconds = 2_000,
  idleInTransactionMilliseconds = 10_000,
  settings,
  onError = () => {},
}: PoolOptions): pg.Pool {
  const pool = new GuardedPool({
    connectionString: url,
    application_name: applicationName,
    options: sessionOptions(url, settings),
    max: size,
    connectionTimeoutMillis: acquireMilliseconds,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: statementMilliseconds,
    lock_timeout: lockMilliseconds,
    idle_in_transaction_session_timeout: idleInTransactionMilliseconds,
    query_timeout: statementMilliseconds === 0 ? undefined : statementMilliseconds + graceMilliseconds,
  });
  pool.on('error', onError);
  // The library watches idle connections only. One that breaks while it is out is told to whoever uses it by its next query, one that is
  // being closed concerns nobody; without a listener either would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
