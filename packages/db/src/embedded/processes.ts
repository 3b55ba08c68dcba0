import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { isCode } from './files.js';

/** Returns the fields of /proc/<pid>/stat from the third on: state, parent, … */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * True if a process with this id is running. False for a zombie, as in a container without an init
 * process.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^[ZX]/.test(statFields(pid)[0] ?? '');
  } catch {
    return false;
  }
}

function execute(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

const windowsProcess = (pid: number, field: string) =>
  execute(
    'powershell',
    '-NoProfile',
    '-Command',
    `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').${field}`,
  );

/** Returns the parent process id of `pid`; `null` if it cannot be determined. */
export function parentOf(pid: number): number | null {
  try {
    if (process.platform === 'linux') return Number(statFields(pid)[1]);
    if (process.platform === 'win32') return Number(windowsProcess(pid, 'ParentProcessId'));
    return Number(execute('ps', '-o', 'ppid=', '-p', String(pid)));
  } catch {
    return null;
  }
}

/** True if the command line of `pid` names the folder as its PGDATA. */
function commandNames(pid: number, pgData: string): boolean {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0-D\0${pgData}\0`);
    const windows = process.platform === 'win32';
    const command = windows
      ? windowsProcess(pid, 'CommandLine')
      : execute('ps', '-wwo', 'command=', '-p', String(pid));
    return [` -D ${pgData} `, ` -D "${pgData}" `].some((part) => command.includes(part));
  } catch {
    return false; // The process has ended.
  }
}

/** True if `pid` works in this folder, independent of the path it was started with. */
function worksIn(pid: number, pgData: string): boolean {
  const [own, folder] = [`/proc/${pid}/cwd`, pgData].map((target) =>
    statSync(target, { throwIfNoEntry: false, bigint: true }),
  );
  // A killed process releases its folder before it ends. Count it, so that callers wait for its
  // end.
  if (own === undefined) return isAlive(pid);
  return folder === undefined
    ? commandNames(pid, pgData)
    : own.dev === folder.dev && own.ino === folder.ino;
}

/**
 * True if `pid` is the PostgreSQL of this folder (a path without links). False for an unrelated
 * process with a reused id, and for the PostgreSQL of the folder's original.
 */
export function isPostmasterOf(pid: number, pgData: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    return process.platform === 'linux' ? worksIn(pid, pgData) : commandNames(pid, pgData);
  } catch (error) {
    // In a container, root may be unable to inspect other accounts' processes. Their command lines
    // are public.
    return isCode(error, 'EACCES', 'EPERM') && commandNames(pid, pgData);
  }
}
