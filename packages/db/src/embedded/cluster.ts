import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Account } from './account.js';
import type { Toolchain } from './binaries.js';
import { appName } from './credentials.js';
import { isCode } from './files.js';
import type { ClusterLocation } from './location.js';
import { writeMarker } from './marker.js';
import { writeOwner } from './ownership.js';
import { readPostmaster } from './postmaster-file.js';
import { clusterExists } from './presence.js';
import { isAlive } from './processes.js';
import { changeOwner, ignoringStalePid, isClusterInUse, runProgram } from './programs.js';

/**
 * Runs SQL in PostgreSQL's single-user mode, without a socket that others could connect to. Returns
 * its error output, or `null`.
 */
export function runSingleUser(
  pgData: string,
  { binaries, account, durable }: Toolchain,
  statements: string[],
): string | null {
  const settings = [
    '-c',
    'exit_on_error=on',
    '-c',
    'log_min_messages=fatal',
    '-c',
    `fsync=${durable ? 'on' : 'off'}`,
  ];
  const postmaster = readPostmaster({ pgData });
  return runProgram(binaries.postgres, ['--single', '-D', pgData, ...settings, 'postgres'], {
    account,
    input: `${statements.join('\n')}\n`,
    environment: ignoringStalePid(postmaster && !postmaster.alive ? postmaster.pid : null),
  });
}

function assertSuccess(task: string, fault: string | null): void {
  if (fault !== null) throw new Error(`The embedded PostgreSQL could not ${task}: ${fault}`);
}

/** Removes a draft. If an orphaned initdb still writes into it, the next start removes the rest. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { recursive: true, force: true });
  } catch (error) {
    if (!isCode(error, 'ENOTEMPTY', 'EACCES', 'EPERM')) throw error;
  }
}

/** Removes drafts of interrupted initialisations. Drafts never hold data. */
function removeAbandonedDrafts(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^draft\.(\d+)\.[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) removeDraft(path.join(base, name));
  }
}

function initialise(draft: string, tools: Toolchain, password: string): string {
  const { binaries, account, durable } = tools;
  const pgData = path.join(draft, 'data');
  const superuserPassword = path.join(draft, 'superuser');
  // Discard the superuser's password. initdb requires one, but administration uses single-user
  // mode.
  writeFileSync(superuserPassword, randomBytes(32).toString('base64url'), { mode: 0o600 });
  if (account) changeOwner(account, [draft, superuserPassword]);
  const locale = [
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${superuserPassword}`];
  const sync = durable ? [] : ['--no-sync'];
  assertSuccess(
    'make its data folder',
    runProgram(binaries.initdb, ['-D', pgData, ...access, ...locale, ...sync], { account }),
  );
  const statements = [
    `CREATE ROLE ${appName} LOGIN CREATEDB PASSWORD '${password}';`,
    `CREATE DATABASE ${appName} OWNER ${appName};`,
  ];
  assertSuccess('be prepared', runSingleUser(pgData, tools, statements));
  return pgData;
}

function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/**
 * Creates the cluster under a temporary name and renames it when complete. Interrupted or
 * concurrent calls are safe, and existing files are never replaced.
 */
export function createCluster(location: ClusterLocation, tools: Toolchain, password: string): void {
  const { base, pgData } = location;
  removeAbandonedDrafts(base);
  const draft = path.join(base, `draft.${process.pid}.${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(draft, { mode: 0o700 });
    const made = initialise(draft, tools, password);
    const token = writeOwner(made, location);
    renameSync(made, pgData);
    flushFolder(base);
    writeMarker(location, token);
  } catch (error) {
    const existsAlready = isCode(error, 'ENOTEMPTY', 'EEXIST') && clusterExists(location);
    if (!existsAlready) throw error;
  } finally {
    removeDraft(draft);
  }
}

function changeOwnerOfTree({ uid, gid }: Account, folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const target = path.join(folder, entry.name);
    if (entry.isDirectory()) changeOwnerOfTree({ uid, gid }, target);
    else lchownSync(target, uid, gid);
  }
  lchownSync(folder, uid, gid); // Last, so that the next start detects an interruption.
}

/**
 * Sets the owner and mode that PostgreSQL requires, for a cluster that root copied or restored
 * without them.
 */
export function restorePermissions({ pgData }: ClusterLocation, account: Account | null): void {
  const { uid, mode } = statSync(pgData);
  if (account && uid === 0) changeOwnerOfTree(account, pgData);
  if ((mode & 0o027) !== 0 && process.platform !== 'win32') chmodSync(pgData, 0o700);
}

/** Throws if another major version created the cluster. */
export function checkVersion({ pgData }: ClusterLocation, { binaries }: Toolchain): void {
  const version = readFileSync(path.join(pgData, 'PG_VERSION'), 'utf8').trim();
  if (version === binaries.major) return;
  throw new Error(
    `The data in ${pgData} belong to PostgreSQL ${version}, but this version of Synap includes PostgreSQL ${binaries.major}. Dump them with the old version and load them into a new data folder.`,
  );
}

/**
 * Sets the password of the application's role. The cluster must be stopped. False if another
 * process started it meanwhile.
 */
export function setPassword(
  { pgData }: ClusterLocation,
  tools: Toolchain,
  password: string,
): boolean {
  const fault = runSingleUser(pgData, tools, [`ALTER ROLE ${appName} PASSWORD '${password}';`]);
  if (fault !== null && isClusterInUse(fault)) return false;
  assertSuccess('take a new password', fault);
  return true;
}
