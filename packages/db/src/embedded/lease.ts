import pg from 'pg';
import { addressOf } from './credentials.js';
import { isAlive, parentOf } from './processes.js';

/**
 * Who may end a running cluster is settled by advisory locks inside it, held by one connection of
 * each process: PostgreSQL lets go of them when a process dies, however it dies, so a claim cannot
 * go stale. The owner (a server) holds OWNER alone and ends the cluster; everybody who uses it
 * holds USER together, and a guest that is the last user ends what no owner holds.
 */
const locks = { space: 0x53796e, owner: 1, user: 2 };

export type Role = 'owner' | 'guest';

export interface Lease {
  /** Settles when the connection is gone: the database died, or was stopped. */
  ended: Promise<void>;
  /**
   * True when nobody else uses the cluster; from then on nobody can begin to, so that it may be
   * stopped.
   */
  closeToOthers(): Promise<boolean>;
  /**
   * Runs `action` while no other process owns the cluster or runs such an action. False, without
   * running it, if one owns it.
   */
  alone(action: () => void): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * How an attempt to claim a running cluster ended; `later`: it is starting, stopping or being let
 * go of.
 */
export type LeaseOutcome =
  | { kind: 'claimed'; lease: Lease }
  | { kind: 'later' }
  | { kind: 'held'; pid: number | null };

export interface ClusterAddress {
  /** PostgreSQL's process, verified to serve this very data folder. */
  pid: number;
  port: number;
  password: string;
}

const notYet = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '53300',
]);

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.message.startsWith('Connection terminated')) return true;
  return 'code' in error && typeof error.code === 'string' && notYet.has(error.code);
}

async function tryLock(
  client: pg.Client,
  fn: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared',
  key: number,
): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `SELECT ${fn}($1::int, $2::int) AS locked`,
    [locks.space, key],
  );
  return rows[0]?.locked === true;
}

/**
 * The holder of the owner's lock as its application name says, `null` if it says nothing; `passing`
 * if it lets go in a moment.
 */
async function findOwner(client: pg.Client): Promise<number | null | 'passing'> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.granted`,
    [locks.space, locks.owner],
  );
  const name = rows[0]?.name ?? '';
  if (rows.length === 0 || name.startsWith('synap guest ')) return 'passing';
  const pid = Number(/^synap owner (\d+)$/.exec(name)?.[1] ?? Number.NaN);
  // The connection of a killed process lingers for a moment.
  return Number.isNaN(pid) ? null : isAlive(pid) ? pid : 'passing';
}

async function leaseWith(
  client: pg.Client,
  role: Role,
): Promise<'claimed' | 'later' | { pid: number | null }> {
  if (role === 'owner' && !(await tryLock(client, 'pg_try_advisory_lock', locks.owner))) {
    const pid = await findOwner(client);
    return pid === 'passing' ? 'later' : { pid };
  }
  return (await tryLock(client, 'pg_try_advisory_lock_shared', locks.user)) ? 'claimed' : 'later';
}

async function runAlone(client: pg.Client, role: Role, action: () => void): Promise<boolean> {
  if (role === 'guest' && !(await tryLock(client, 'pg_try_advisory_lock', locks.owner)))
    return false;
  try {
    action();
  } finally {
    if (role === 'guest')
      await client.query('SELECT pg_advisory_unlock($1::int, $2::int)', [locks.space, locks.owner]);
  }
  return true;
}

function leaseOf(client: pg.Client, role: Role, ended: Promise<void>): Lease {
  return {
    ended,
    closeToOthers: () => tryLock(client, 'pg_try_advisory_lock', locks.user),
    alone: (action) => runAlone(client, role, action),
    release: async () => {
      await client.end().catch(() => undefined);
    },
  };
}

/**
 * True unless the server that answers is another one: the port was let go of, and a cluster with
 * this password took it.
 */
async function isServedBy(client: pg.Client, postmaster: number): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const parent = parentOf(rows[0]?.pid ?? 0);
  return parent === null || parent === postmaster;
}

/**
 * Claims the cluster that the process `pid` serves on `port`. Throws what is neither passing nor a
 * matter of claims, such as a wrong password.
 */
export async function leaseCluster(
  { pid, port, password }: ClusterAddress,
  role: Role,
): Promise<LeaseOutcome> {
  const client = new pg.Client({
    // Not the application's own database: that one can then be dropped and made again.
    connectionString: addressOf({ port, password, database: 'postgres' }),
    application_name: `synap ${role} ${process.pid}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => resolve());
    client.on('error', () => resolve());
  });
  try {
    await client.connect();
    const outcome = (await isServedBy(client, pid)) ? await leaseWith(client, role) : 'later';
    if (outcome === 'claimed') return { kind: 'claimed', lease: leaseOf(client, role, ended) };
    await client.end();
    return outcome === 'later' ? { kind: 'later' } : { kind: 'held', pid: outcome.pid };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isPassing(error)) return { kind: 'later' };
    throw error;
  }
}
