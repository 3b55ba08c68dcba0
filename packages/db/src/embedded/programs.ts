import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { isCode } from './files.js';

/** The parameters PostgreSQL's programs are run with. */
export interface Toolchain {
  binaries: Binaries;
  account: Account | null;
  /** False only for tests: nothing is flushed to disk. */
  durable: boolean;
}

/**
 * Their environment: none of Synap's variables, and not the time zone or language of the machine.
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

/** Runs a program to its end. Returns what it wrote about its failure; `null` when it succeeded. */
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

/** Gives files to PostgreSQL's account, which a container with mapped user ids may not have. */
export function giveTo({ uid, gid }: Account, files: string[]): void {
  try {
    for (const file of files) chownSync(file, uid, gid);
  } catch (error) {
    if (!isCode(error, 'EINVAL', 'EPERM')) throw error;
    throw new Error(
      `PostgreSQL does not run as root, and here files cannot be given to the account ${uid}. Run Synap as an ordinary user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * PostgreSQL asks the system for the name of its account, which a container started with a bare
 * user id does not have.
 */
function adviceFor(reason: string): string | null {
  const uid = /could not look up effective user ID (\d+)/.exec(reason)?.[1];
  return uid
    ? `the account ${uid} has no entry in /etc/passwd. Run Synap under an account that has one, or set DATABASE_URL.`
    : null;
}

/** True if PostgreSQL says that another process has the cluster. */
export function isTaken(written: string): boolean {
  return /lock file "postmaster\.pid" (already exists|is empty)|bogus data in lock file|pre-existing shared memory block/.test(
    written,
  );
}

/**
 * Lets PostgreSQL disregard a postmaster.pid whose process is not the one of this folder: its
 * number belongs to another process by now, or the folder was copied while PostgreSQL ran.
 * PostgreSQL accepts the number of its grandparent (made for pg_ctl), and goes on to the check of
 * the shared memory.
 */
export function disregarding(stalePid: number | null): NodeJS.ProcessEnv {
  return stalePid === null ? {} : { PG_GRANDPARENT_PID: String(stalePid) };
}
