import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { accountFor } from './account.js';
import { prepareBinaries } from './binaries.js';
import { type Claim, claimCluster, type Role } from './claim.js';
import { checkVersion, clusterExists, createCluster, resetPassword, type Toolchain } from './cluster.js';
import { addressOf, readCredentials, rememberedPort, rememberPort } from './credentials.js';
import type { ClusterLocation } from './location.js';
import { choosePort, type Postmaster, readPostmaster, startPostmaster } from './postmaster.js';

/** Another process owns the cluster of this data folder. */
export class DataInUseError extends Error {
  override name = 'DataInUseError';
  constructor(
    readonly dataDir: string,
    /** The process that holds the data, where it is known. */
    readonly pid: number | null,
  ) {
    const holder = pid === null ? 'another process' : `process ${pid}`;
    super(
      `The data in ${dataDir} are in use by ${holder} (another Synap). Stop that one first, or set SYNAP_DATA_DIR to a folder of its own.`,
    );
  }
}

export interface OpenOptions {
  role: Role;
  durable: boolean;
  log: (message: string) => void;
  /** Only this port will do: the address was given out already. */
  port?: number;
  /** Taken when it is free; without it the last one. */
  preferredPort?: number;
  /** Whether a missing cluster is made. */
  create: boolean;
}

/** A running cluster with our claim on it. */
export interface OpenCluster {
  pid: number;
  port: number;
  url: string;
  claim: Claim;
}

/** A cluster that recovers after a crash of the machine may take its time. */
const patienceMilliseconds = 120_000;

/** Makes and starts the cluster as far as that is needed, and claims it. Safe to call from any number of processes at once. */
export async function openCluster(location: ClusterLocation, options: OpenOptions): Promise<OpenCluster> {
  let tools: Toolchain | null = null;
  for (const deadline = Date.now() + patienceMilliseconds; Date.now() < deadline; await delay(25)) {
    const running = readPostmaster(location);
    if (running?.alive) {
      const opened = await claimRunning(location, running, options);
      if (opened) return opened;
    } else {
      tools ??= prepareTools(location, options);
      if (!(await start(location, tools, options))) await delay(100);
    }
  }
  throw new Error(`The embedded PostgreSQL in ${location.base} did not become ready. Its log: ${location.base}/postgres.log`);
}

async function claimRunning(
  location: ClusterLocation,
  { pid, port }: Postmaster,
  { role }: OpenOptions,
): Promise<OpenCluster | null> {
  if (port === 0) return null;
  const { password, made } = readCredentials(location.home);
  try {
    const outcome = await claimCluster({ port, password }, role);
    if (outcome.kind === 'later') return null;
    if (outcome.kind === 'held') throw new DataInUseError(location.dataDir, outcome.pid);
    rememberPort(location.home, port);
    return { pid, port, url: addressOf({ port, password }), claim: outcome.claim };
  } catch (error) {
    if (!isWrongPassword(error)) throw error;
    if (made) rmSync(`${location.home}/password`, { force: true });
    throw new Error(
      `${location.home}/password does not fit the PostgreSQL that runs there (process ${pid}). Stop Synap and that process, delete the file and start again: a new password is made.`,
      { cause: error },
    );
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '28P01';
}

function prepareTools(location: ClusterLocation, { durable, create, log }: OpenOptions): Toolchain {
  const account = accountFor(location.pgData);
  const tools = { binaries: prepareBinaries(location.base, account), account, durable };
  const { password, made } = readCredentials(location.home);
  if (!clusterExists(location)) {
    if (!create)
      throw new Error(`The database in ${location.base} is gone. Stop Synap and start it again to begin with an empty one.`);
    log(`Making a PostgreSQL ${tools.binaries.major} database in ${location.base} …`);
    createCluster(location, tools, password);
  } else {
    checkVersion(location, tools);
    if (made) resetPassword(location, tools, password);
  }
  return tools;
}

/** One attempt; false where another process was quicker or the port was taken in the last moment: the caller looks again. */
async function start(location: ClusterLocation, tools: Toolchain, { port, preferredPort, log }: OpenOptions): Promise<boolean> {
  const chosen = port ?? (await choosePort(preferredPort ?? rememberedPort(location.home)));
  const outcome = await startPostmaster(location, tools, chosen);
  if (outcome.kind === 'failed') {
    throw new Error(`The embedded PostgreSQL did not start: ${outcome.reason}\nIts log: ${location.base}/postgres.log`);
  }
  if (outcome.kind !== 'ready') return false;
  log(`PostgreSQL runs on 127.0.0.1:${chosen} (process ${outcome.pid}).`);
  rememberPort(location.home, chosen);
  return true;
}
