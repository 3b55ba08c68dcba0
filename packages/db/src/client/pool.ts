import { EventEmitter } from 'node:events';
import pg from 'pg';
import { connectionOf } from './connection.js';
import { type Pooler, prepareSession, type SessionSettings } from './session.js';

/**
 * Limits of a pool; figures of the security parameters ("Time-outs"), in milliseconds. 0 lifts a
 * limit.
 */
export interface PoolOptions {
  url: string;
  /** A pooler between us and PostgreSQL; `none` by default. */
  pooler?: Pooler;
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

/**
 * Added to the server's own limit: an answer that never comes (a network that swallows packets)
 * ends a call too.
 */
const graceMilliseconds = 3_000;

/**
 * A pool that can part with all its connections, so that new ones find a primary which has moved.
 */
export interface Pool extends pg.Pool {
  /** Closes each connection before it is used again. */
  discardConnections(): void;
}

type ConnectCallback = Parameters<pg.Pool['connect']>[0];

/**
 * Hands out connections whose second release does nothing, and takes none back inside an open
 * transaction: after a commit that timed out adapter-pg returns the connection as if nothing had
 * happened, and the next caller would continue that transaction.
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

/**
 * Calls back for each error that PostgreSQL answers on a connection, whoever sent the statement.
 */
function onServerError(client: pg.PoolClient, callback: (error: pg.DatabaseError) => void): void {
  const connection: unknown = Reflect.get(client, 'connection');
  if (!(connection instanceof EventEmitter))
    throw new TypeError('pg.Client has no connection: this version of pg is not supported');
  connection.on('errorMessage', callback);
}

/**
 * A pool with the product's limits. With all limits at 0 it serves workers, to which time-outs do
 * not apply.
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
    // Before the connection is handed out for the first time.
    onConnect: (client) => prepareSession(client, session, acquireMilliseconds),
  });
  pool.on('error', onError);
  // The library watches idle connections only. One that breaks while it is out is told to whoever
  // uses it by its next query, one that is being closed concerns nobody; without a listener either
  // would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
