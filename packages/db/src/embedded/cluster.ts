import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { appName } from './credentials.js';
import { type ClusterLocation, isCode } from './location.js';
import { isAlive } from './processes.js';

/** What PostgreSQL's programs are run with. */
export interface Toolchain {
  binaries: Binaries;
  account: Account | null;
  /** False only for tests: nothing is flushed to disk. */
  durable: boolean;
}

/** Their environment: nothing of ours, no time zone or language of the machine's. */
export const programEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  TZ: 'UTC',
  LC_ALL: 'C',
  LANG: 'C',
};

function run(
  program: string,
  args: string[],
  { account, input, fault }: { account: Account | null; input?: string; fault: string },
): void {
  const result = spawnSync(program, args, { ...account, input, cwd: '/', env: programEnvironment, encoding: 'utf8' });
  if (result.status === 0) return;
  const reason = result.error?.message ?? (`${result.stderr}`.trim() || `it ended with ${result.signal ?? result.status}`);
  throw new Error(`${fault}: ${adviceFor(reason) ?? reason}`, { cause: result.error });
}

/** As root the cluster is given to another account, which a container with mapped user ids may not have. */
function giveTo({ uid, gid }: Account, files: string[]): void {
  try {
    for (const file of files) chownSync(file, uid, gid);
  } catch (error) {
    if (!isCode(error, 'EINVAL', 'EPERM')) throw error;
    throw new Error(
      `PostgreSQL does not run as root, and here files cannot be given to the account ${uid}. Run Synap as an ordinary user, or set DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
}

/** PostgreSQL asks the system for the name of its account, which a container started with a bare user id does not have. */
function adviceFor(reason: string): string | null {
  const uid = /could not look up effective user ID (\d+)/.exec(reason)?.[1];
  return uid
    ? `the account ${uid} has no entry in /etc/passwd. Run Synap under an account that has one, or set DATABASE_URL.`
    : null;
}

/** Runs SQL in PostgreSQL's single-user mode: no socket, so there is no moment at which anyone else could come in. */
function runAlone(pgData: string, { binaries, account, durable }: Toolchain, statements: string[]): void {
  const settings = ['-c', 'exit_on_error=on', '-c', 'log_min_messages=fatal', '-c', `fsync=${durable ? 'on' : 'off'}`];
  run(binaries.postgres, ['--single', '-D', pgData, ...settings, 'postgres'], {
    account,
    input: `${statements.join('\n')}\n`,
    fault: 'The embedded PostgreSQL could not be prepared',
  });
}

/** Remains of an initialisation that was killed. */
function sweepDrafts(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^data\.(\d+)\.[0-9a-f]+(\.superuser)?$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(path.join(base, name), { recursive: true, force: true });
  }
}

function initialise(draft: string, tools: Toolchain, password: string): void {
  const { binaries, account, durable } = tools;
  mkdirSync(draft, { mode: 0o700 });
  const superuserPassword = `${draft}.superuser`;
  // Nobody keeps the superuser's password: PostgreSQL asks for one, and administration goes through single-user mode.
  writeFileSync(superuserPassword, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    if (account) giveTo(account, [draft, superuserPassword]);
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${superuserPassword}`];
    run(binaries.initdb, ['-D', draft, ...access, ...locale, ...(durable ? [] : ['--no-sync'])], {
      account,
      fault: 'The embedded PostgreSQL could not make its data folder',
    });
  } finally {
    rmSync(superuserPassword, { force: true });
  }
  runAlone(draft, tools, [
    `CREATE ROLE ${appName} LOGIN CREATEDB PASSWORD '${password}';`,
    `CREATE DATABASE ${appName} OWNER ${appName};`,
  ]);
}

/** Makes the cluster unless it exists. It is made under another name and moved into place whole: a killed or a second initialisation does no harm. */
export function createCluster({ base, pgData }: ClusterLocation, tools: Toolchain, password: string): void {
  sweepDrafts(base);
  const draft = path.join(base, `data.${process.pid}.${randomBytes(4).toString('hex')}`);
  try {
    initialise(draft, tools, password);
    renameSync(draft, pgData);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

export function clusterExists({ pgData }: ClusterLocation): boolean {
  return existsSync(path.join(pgData, 'PG_VERSION'));
}

/** Refuses a cluster that another major version made. */
export function checkVersion({ pgData }: ClusterLocation, { binaries }: Toolchain): void {
  const version = readFileSync(path.join(pgData, 'PG_VERSION'), 'utf8').trim();
  if (version === binaries.major) return;
  throw new Error(
    `The data in ${pgData} were made by PostgreSQL ${version}, this Synap brings ${binaries.major}. Dump them with the version that made them and load them into a new data folder.`,
  );
}

/** Gives the application's role the password that we hold, after its file was lost. The cluster must be stopped. */
export function resetPassword({ pgData }: ClusterLocation, tools: Toolchain, password: string): void {
  runAlone(pgData, tools, [`ALTER ROLE ${appName} PASSWORD '${password}';`]);
}
