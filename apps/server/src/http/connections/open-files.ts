import { readFileSync } from 'node:fs';

/** Files and sockets reserved for the rest of the process: database, modules, logs. */
const reserved = 500;

/**
 * Returns how many connections the limit of open files allows; undefined if there is no limit or it
 * is unknown. Node.js raises its soft limit to the hard one at start.
 *
 * @param limits The process's limits in the format of Linux.
 */
export function connectionsWithinOpenFiles(limits = readLimits()): number | undefined {
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return soft === undefined
    ? undefined
    : Math.max(Number(soft) - reserved, Math.floor(Number(soft) / 2));
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
