import { EventEmitter } from 'node:events';
import pg from 'pg';
import { connectionOf } from './connection.js';
import { type Pooler, prepareSession, type SessionSettings } from './session.js';

/**
 * Limits of a pool in milliseconds, with the figures of the security parameters ("Time-outs"). 0
 * removes a limit.
 */
export interface PoolOptions {
  url: string;
  /** Kind of pooler in front of PostgreSQL. @default 'none' */
  pooler?: Pooler;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Maximum number of connections. @default 10 */
  size?: number;
  /** Maximum wait for a connection. @default 2_000 */
  acquireMilliseconds?: number;
  statementMilliseconds?: number;
  lockMilliseconds?: number;
  idleInTransactionMilliseconds?: number;
  /** Further settings of each session, such as `synchronous_commit`. */
  settings?: Readonly<Record<string, string>>;
  /** Called when an idle connection breaks. The pool replaces it. */
  onError?: (error: Error) => void;
}

/** Added to the server's statement limit, so that a call also ends if no reply arrives. */
const graceMilliseconds = 3_000;

/** A pool that can discard all connections, so that new ones reach a primary that has moved. */
export interface Pool extends pg.Pool {
  /** Closes every current connection before its next use. */
  discardConnections(): void;
}

type ConnectCallback = Parameters<pg.Pool['connect']>[0];

/**
 * Guards against a second release and against connections inside an open transaction. After a
 * commit that timed out, adapter-pg releases the connection normally; the next caller would
 * continue its transaction.
 */
class GuardedPool extends pg.Pool implements Pool {
  #generation = 0;
  readonly #generations = new WeakMap<pg.PoolClient, number>();

  constructor(options: pg.PoolConfig) {
    super(options);
    this.on('connect', (client) => {
      this.#generations.set(client, this.#generation);
      onServerError(client, ({ code }) => code === '25006' && this.discardConnections());
    });
  }

  discardConnections(): void {
    this.#generation += 1;
  }

  #isDiscarded(client: pg.PoolClient): boolean {
    return this.#generations.get(client) !== this.#generation;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (!callback) return this.#take();
    super.connect((error, client, done) => {
      if (client === undefined || !this.#isDiscarded(client)) return callback(error, client, done);
      done(true);
      this.connect(callback);
    });
    return undefined;
  }

  async #take(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.connect();
      if (!this.#isDiscarded(client)) return this.#guardRelease(client);
      client.release(true);
    }
  }

  #guardRelease(client: pg.PoolClient): pg.PoolClient {
    const release = client.release;
    let released = false;
    client.release = (destroy) => {
      if (released) return;
      released = true;
      release(destroy || client.getTransactionStatus() !== 'I' || this.#isDiscarded(client));
    };
    return client;
  }
}

/** Calls back for every error that PostgreSQL sends on a connection, for any statement. */
function onServerError(client: pg.PoolClient, callback: (error: pg.DatabaseError) => void): void {
  const connection: unknown = Reflect.get(client, 'connection');
  if (!(connection instanceof EventEmitter))
    throw new TypeError('pg.Client has no connection: this version of pg is not supported');
  connection.on('errorMessage', callback);
}

/**
 * Creates a pool with the product's default limits. Workers set all limits to 0, because time-outs
 * do not apply to them.
 */
export function createPool({
  url,
  pooler = 'none',
  applicationName = 'synap',
  size = 10,
  acquireMilliseconds = 2_000,
  statementMilliseconds = 5_000,
  lockMilliseconds = 2_000,
  idleInTransactionMilliseconds = 10_000,
  settings,
  onError = () => {},
}: PoolOptions): Pool {
  const session: SessionSettings = {
    url,
    pooler,
    settings: {
      statement_timeout: statementMilliseconds,
      lock_timeout: lockMilliseconds,
      idle_in_transaction_session_timeout: idleInTransactionMilliseconds,
      ...settings,
    },
  };
  const pool = new GuardedPool({
    ...connectionOf(url),
    application_name: applicationName,
    max: size,
    connectionTimeoutMillis: acquireMilliseconds,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    query_timeout:
      statementMilliseconds === 0 ? undefined : statementMilliseconds + graceMilliseconds,
    // Runs before the connection is first handed out.
    onConnect: (client) => prepareSession(client, session, acquireMilliseconds),
  });
  pool.on('error', onError);
  // pg-pool listens for errors of idle connections only. A connection in use reports its error by
  // the next query, and errors while closing do not matter. Without this listener either would end
  // the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
