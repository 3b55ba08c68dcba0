import pg from 'pg';
import { addressOf } from './credentials.js';
import { isAlive, parentOf } from './processes.js';

/**
 * Advisory locks inside the cluster decide which process may stop it. One connection per process
 * holds them. PostgreSQL releases them when the process dies, so a lease cannot become stale. The
 * leader (a server) holds LEADER exclusively and stops the cluster. All users hold USER shared. The
 * last follower stops a cluster that has no leader.
 */
const locks = { space: 0x53796e, leader: 1, user: 2 };

export type LeaseRole = 'leader' | 'follower';

/** Names seen by other processes and in pg_stat_activity; fixed across versions. */
const applicationNames = { leader: 'synap owner', follower: 'synap guest' } as const;

export interface Lease {
  /** Settles when the connection is lost: the database crashed or was stopped. */
  ended: Promise<void>;
  /** True if no other process uses the cluster. Blocks new users, so that it can be stopped. */
  blockNewUsers(): Promise<boolean>;
  /**
   * Runs `action` while no other process is the leader or runs such an action. Returns false
   * without running it if there is another leader.
   */
  runExclusively(action: () => void): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Result of an attempt to lease a running cluster; `later`: it is starting, stopping or being
 * released.
 */
export type LeaseOutcome =
  | { kind: 'leased'; lease: Lease }
  | { kind: 'later' }
  | { kind: 'held'; pid: number | null };

export interface ClusterAddress {
  /** Process id of PostgreSQL, verified to serve this data folder. */
  pid: number;
  port: number;
  password: string;
}

const temporaryCodes = new Set([
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

function isTemporary(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.message.startsWith('Connection terminated')) return true;
  return 'code' in error && typeof error.code === 'string' && temporaryCodes.has(error.code);
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
 * Reads the leader's process id from its application name; `null` if unknown. Returns `passing` if
 * the lock is about to be released.
 */
async function findLeader(client: pg.Client): Promise<number | null | 'passing'> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.application_name AS name
     FROM pg_locks l
     JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.granted`,
    [locks.space, locks.leader],
  );
  const name = rows[0]?.name ?? '';
  if (rows.length === 0 || name.startsWith(`${applicationNames.follower} `)) return 'passing';
  const pid = Number(/^synap owner (\d+)$/.exec(name)?.[1] ?? Number.NaN);
  // The connection of a killed process remains for a moment.
  return Number.isNaN(pid) ? null : isAlive(pid) ? pid : 'passing';
}

async function acquireLocks(
  client: pg.Client,
  role: LeaseRole,
): Promise<'leased' | 'later' | { pid: number | null }> {
  if (role === 'leader' && !(await tryLock(client, 'pg_try_advisory_lock', locks.leader))) {
    const pid = await findLeader(client);
    return pid === 'passing' ? 'later' : { pid };
  }
  return (await tryLock(client, 'pg_try_advisory_lock_shared', locks.user)) ? 'leased' : 'later';
}

async function runExclusively(
  client: pg.Client,
  role: LeaseRole,
  action: () => void,
): Promise<boolean> {
  if (role === 'follower' && !(await tryLock(client, 'pg_try_advisory_lock', locks.leader)))
    return false;
  try {
    action();
  } finally {
    if (role === 'follower')
      await client.query('SELECT pg_advisory_unlock($1::int, $2::int)', [
        locks.space,
        locks.leader,
      ]);
  }
  return true;
}

function leaseOf(client: pg.Client, role: LeaseRole, ended: Promise<void>): Lease {
  return {
    ended,
    blockNewUsers: () => tryLock(client, 'pg_try_advisory_lock', locks.user),
    runExclusively: (action) => runExclusively(client, role, action),
    release: async () => {
      await client.end().catch(() => undefined);
    },
  };
}

/**
 * False if another server responds. A cluster with the same password may have taken a released
 * port.
 */
async function isServedBy(client: pg.Client, postmaster: number): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const parent = parentOf(rows[0]?.pid ?? 0);
  return parent === null || parent === postmaster;
}

/**
 * Leases the cluster that the process `pid` serves on `port`. Throws errors that are neither
 * temporary nor about leases, such as a wrong password.
 */
export async function leaseCluster(
  { pid, port, password }: ClusterAddress,
  role: LeaseRole,
): Promise<LeaseOutcome> {
  const client = new pg.Client({
    // Not the application's database, so that it can be dropped and recreated.
    connectionString: addressOf({ port, password, database: 'postgres' }),
    application_name: `${applicationNames[role]} ${process.pid}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => resolve());
    client.on('error', () => resolve());
  });
  try {
    await client.connect();
    const outcome = (await isServedBy(client, pid)) ? await acquireLocks(client, role) : 'later';
    if (outcome === 'leased') return { kind: 'leased', lease: leaseOf(client, role, ended) };
    await client.end();
    return outcome === 'later' ? { kind: 'later' } : { kind: 'held', pid: outcome.pid };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isTemporary(error)) return { kind: 'later' };
    throw error;
  }
}
