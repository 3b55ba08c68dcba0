import { readFileSync } from 'node:fs';

/** Files and sockets that the rest of the process needs: database, modules, logs. */
const reserved = 500;

/**
 * How many connections the limit of open files leaves room for; undefined if there is none, or the
 * system does not say. Node raises its soft limit to the hard one when it starts.
 *
 * @param limits The process's limits as Linux writes them.
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
