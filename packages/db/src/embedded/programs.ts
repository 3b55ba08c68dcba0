import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import type { Account } from './account.js';
import { isCode } from './files.js';

/**
 * Environment of the programs: excludes Synap's variables and the machine's time zone and language.
 */
export const programEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  TZ: 'UTC',
  LC_ALL: 'C',
  LANG: 'C',
};

interface RunOptions {
  account: Account | null;
  input?: string;
  environment?: NodeJS.ProcessEnv;
}

/** Runs a program to completion. Returns its error output; `null` if it succeeded. */
export function runProgram(
  program: string,
  args: string[],
  { account, input, environment = {} }: RunOptions,
): string | null {
  const env = { ...programEnvironment, ...environment };
  const result = spawnSync(program, args, { ...account, input, cwd: '/', env, encoding: 'utf8' });
  if (result.status === 0) return null;
  const reason =
    result.error?.message ??
    (`${result.stderr}`.trim() || `it ended with ${result.signal ?? result.status}`);
  return adviceFor(reason) ?? reason;
}

/**
 * Gives files to PostgreSQL's account. Fails in a container whose mapped user ids lack that
 * account.
 */
export function changeOwner({ uid, gid }: Account, files: string[]): void {
  try {
    for (const file of files) chownSync(file, uid, gid);
  } catch (error) {
    if (!isCode(error, 'EINVAL', 'EPERM')) throw error;
    throw new Error(
      `PostgreSQL does not run as root, and this system cannot give files to the account ${uid}. Run Synap as an ordinary user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * Explains a failed look-up of the account's name, as in a container started with a bare user id.
 */
function adviceFor(reason: string): string | null {
  const uid = /could not look up effective user ID (\d+)/.exec(reason)?.[1];
  return uid
    ? `the account ${uid} has no entry in /etc/passwd. Run Synap under an account that has one, or set DATABASE_URL.`
    : null;
}

/** True if PostgreSQL reports that another process uses the cluster. */
export function isClusterInUse(written: string): boolean {
  return /lock file "postmaster\.pid" (already exists|is empty)|bogus data in lock file|pre-existing shared memory block/.test(
    written,
  );
}

/**
 * Makes PostgreSQL ignore a stale postmaster.pid. Its process id was reused, or the folder was
 * copied while PostgreSQL ran. PostgreSQL accepts the id of its grandparent (meant for pg_ctl) and
 * still checks the shared memory.
 */
export function ignoringStalePid(stalePid: number | null): NodeJS.ProcessEnv {
  return stalePid === null ? {} : { PG_GRANDPARENT_PID: String(stalePid) };
}
