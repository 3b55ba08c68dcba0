import { setTimeout as delay } from 'node:timers/promises';
import type { Toolchain } from './binaries.js';
import { addressOf, readPassword, rememberedPort, rememberPort } from './credentials.js';
import { isCode } from './files.js';
import { DataInUseError } from './in-use.js';
import { type Lease, type LeaseRole, leaseCluster } from './lease.js';
import type { ClusterLocation } from './location.js';
import { ensureMarker } from './marker.js';
import { ownershipOf, recordOwner } from './ownership.js';
import { choosePort, startPostmaster, stopPostmaster } from './postmaster.js';
import { type Postmaster, readPostmaster } from './postmaster-file.js';
import { prepareCluster } from './prepare.js';

export interface OpenOptions {
  role: LeaseRole;
  durable: boolean;
  /** Receives progress messages. */
  log: (message: string) => void;
  /** Receives permission changes. */
  notify: (message: string) => void;
  /** Requires this port, because the address is already in use by clients. */
  port?: number;
  /** Used if it is free. @default the last port */
  preferredPort?: number;
  /** True creates the cluster if it does not exist. */
  create: boolean;
}

/** A running cluster, leased by this process. */
export interface OpenCluster {
  pid: number;
  port: number;
  url: string;
  lease: Lease;
}

/** Generous, because a cluster may need to recover after a crash of the machine. */
const startTimeoutMs = 120_000;

/**
 * Creates and starts the cluster if needed, and leases it. Safe to call from several processes at
 * once.
 *
 * @throws MissingDatabaseError, ForeignClusterError, DataInUseError
 */
export async function openCluster(
  location: ClusterLocation,
  options: OpenOptions,
): Promise<OpenCluster> {
  try {
    return await open(location, options);
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) throw error;
    throw foreignAccountError(location, error);
  }
}

/**
 * Explains a permission error: another account created the database, or Synap ran with other
 * rights.
 */
function foreignAccountError({ dataDir, base, isExternal }: ClusterLocation, cause: Error): Error {
  const account = `${process.getuid?.() ?? ''}:${process.getgid?.() ?? ''}`;
  const folders = isExternal ? `${dataDir} ${base}` : dataDir;
  return new Error(
    `The database in ${base} belongs to another account (${cause.message}). Start Synap as that account. Or stop it, give the data to this account (sudo chown -R ${account} ${folders}) and start again.`,
    { cause },
  );
}

async function open(location: ClusterLocation, options: OpenOptions): Promise<OpenCluster> {
  let tools: Toolchain | null = null;
  const deadline = Date.now() + startTimeoutMs;
  for (; Date.now() < deadline; await delay(25)) {
    const running = readPostmaster(location);
    if (running?.alive) {
      const opened = await leaseRunning(location, running, options);
      if (opened) return opened;
    } else {
      tools = prepareCluster(location, tools, options);
      if (!tools || !(await start(location, tools, options))) await delay(100);
    }
  }
  throw new Error(
    `The embedded PostgreSQL in ${location.base} did not become ready. Its log: ${location.base}/postgres.log`,
  );
}

async function leaseRunning(
  location: ClusterLocation,
  { pid, port }: Postmaster,
  { role }: OpenOptions,
): Promise<OpenCluster | null> {
  if (port === 0) return null;
  ownershipOf(location); // Rejects a copy before connecting.
  const password = readPassword(location.home);
  if (password === null) throw passwordError(location, pid, 'is missing', 'start again');
  try {
    const outcome = await leaseCluster({ pid, port, password }, role);
    if (outcome.kind === 'later') return null;
    if (outcome.kind === 'held') throw new DataInUseError(location.dataDir, outcome.pid);
    await updateOwnerRecord(location, pid, outcome.lease, role);
    rememberPort(location.home, port);
    return { pid, port, url: addressOf({ port, password }), lease: outcome.lease };
  } catch (error) {
    if (isCode(error, '28P01'))
      throw passwordError(
        location,
        pid,
        'contains the wrong password',
        'delete the file and start again',
        error,
      );
    throw error;
  }
}

function passwordError(
  { home, base }: ClusterLocation,
  pid: number,
  fault: string,
  remedy: string,
  cause?: Error,
): Error {
  return new Error(
    `${home}/password ${fault}, and the PostgreSQL of ${base} is running (process ${pid}). Stop Synap and that process, then ${remedy}: a new password is created, and the data are not changed.`,
    { cause },
  );
}

/**
 * Records the data folder as owner of a leased cluster. If there are several copies, the first one
 * wins.
 */
async function updateOwnerRecord(
  location: ClusterLocation,
  pid: number,
  lease: Lease,
  role: LeaseRole,
): Promise<void> {
  try {
    const ownership = ownershipOf(location);
    if (role === 'leader' || ownership !== 'owner') {
      const recorded = await lease.runExclusively(() => recordOwner(location));
      // The current owner may be another data folder whose server is running.
      if (!recorded && location.isExternal && ownership === 'moved')
        throw new DataInUseError(location.dataDir, null);
    }
    ensureMarker(location);
  } catch (error) {
    await releaseCluster(location, pid, lease);
    throw error;
  }
}

/** Ends the use of a cluster, and stops it if no other process uses it. */
export async function releaseCluster(
  location: ClusterLocation,
  pid: number,
  lease: Lease,
): Promise<void> {
  // Also false if the connection broke: then another process has stopped it.
  if (await lease.blockNewUsers().catch(() => false)) await stopPostmaster(location, pid);
  await lease.release();
}

/**
 * Makes one attempt. False if another process was faster or took the port; the caller tries again.
 */
async function start(
  location: ClusterLocation,
  tools: Toolchain,
  { port, preferredPort, log }: OpenOptions,
): Promise<boolean> {
  const chosen = port ?? (await choosePort(preferredPort ?? rememberedPort(location.home)));
  const outcome = await startPostmaster(location, tools, chosen);
  if (outcome.kind === 'failed') {
    throw new Error(
      `The embedded PostgreSQL did not start: ${outcome.reason}\nIts log: ${location.base}/postgres.log`,
    );
  }
  if (outcome.kind !== 'ready') return false;
  log(`PostgreSQL is running on 127.0.0.1:${chosen} (process ${outcome.pid}).`);
  rememberPort(location.home, chosen);
  return true;
}
