import pg from 'pg';
import { addressOf } from './credentials.js';
import { isAlive } from './processes.js';

/**
 * Who may end a running cluster is settled by advisory locks inside it, held by one connection of each process: PostgreSQL
 * lets go of them when a process dies, however it dies, so a claim cannot go stale. The owner (a server) holds OWNER alone
 * and ends the cluster; everybody who uses it holds USER together, and a guest that is the last user ends what no owner holds.
 */
const locks = { space: 0x53796e, owner: 1, user: 2 };

export type Role = 'owner' | 'guest';

export interface Claim {
  /** Settles when the connection is gone: the database died, or was stopped. */
  ended: Promise<void>;
  /** True when nobody else uses the cluster; from then on nobody can begin to, so that it may be stopped. */
  closeToOthers(): Promise<boolean>;
  release(): Promise<void>;
}

/** How an attempt to claim a running cluster ended; `later`: it is starting, stopping or being let go of. */
export type ClaimOutcome = { kind: 'claimed'; claim: Claim } | { kind: 'later' } | { kind: 'held'; pid: number | null };

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
  const { rows } = await client.query<{ locked: boolean }>(`SELECT ${fn}($1::int, $2::int) AS locked`, [locks.space, key]);
  return rows[0]?.locked === true;
}

/** The process id that the holder of the owner's lock gave in its application name. */
async function ownerPid(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.granted`,
    [locks.space, locks.owner],
  );
  const pid = /^synap owner (\d+)$/.exec(rows[0]?.name ?? '')?.[1];
  return pid ? Number(pid) : null;
}

async function claimWith(client: pg.Client, role: Role): Promise<'claimed' | 'later' | { pid: number | null }> {
  if (role === 'owner' && !(await tryLock(client, 'pg_try_advisory_lock', locks.owner))) {
    const pid = await ownerPid(client);
    // A killed process's connection lingers for a moment.
    return pid !== null && !isAlive(pid) ? 'later' : { pid };
  }
  return (await tryLock(client, 'pg_try_advisory_lock_shared', locks.user)) ? 'claimed' : 'later';
}

function claimOf(client: pg.Client, ended: Promise<void>): Claim {
  return {
    ended,
    closeToOthers: () => tryLock(client, 'pg_try_advisory_lock', locks.user),
    release: async () => {
      await client.end().catch(() => undefined);
    },
  };
}

/** Claims the cluster that answers on `port`. Throws what is neither passing nor a matter of claims, such as a wrong password. */
export async function claimCluster({ port, password }: { port: number; password: string }, role: Role): Promise<ClaimOutcome> {
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
    const outcome = await claimWith(client, role);
    if (outcome === 'claimed') return { kind: 'claimed', claim: claimOf(client, ended) };
    await client.end();
    return outcome === 'later' ? { kind: 'later' } : { kind: 'held', pid: outcome.pid };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isPassing(error)) return { kind: 'later' };
    throw error;
  }
}
