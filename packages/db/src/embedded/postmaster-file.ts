import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { isCode } from './files.js';
import type { ClusterLocation } from './location.js';
import { isPostmasterOf } from './processes.js';

/** Content of postmaster.pid, which describes the PostgreSQL that uses a data folder. */
export interface Postmaster {
  pid: number;
  port: number;
  /** True if the process runs and serves this folder; false for the file of a killed one. */
  alive: boolean;
}

/** Reads postmaster.pid; `null` if PostgreSQL is stopped or has only begun to write the file. */
export function readPostmaster({ pgData }: Pick<ClusterLocation, 'pgData'>): Postmaster | null {
  try {
    const lines = readFileSync(path.join(pgData, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    if (!Number.isInteger(pid) || pid <= 0) return null;
    return { pid, port: Number.isInteger(port) ? port : 0, alive: isPostmasterOf(pid, pgData) };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Milliseconds within which a starting PostgreSQL writes its process id. */
const lockFileGraceMs = 10_000;

/**
 * Removes a postmaster.pid without a process id. A crash of the machine can leave it empty or
 * filled with zeros, and PostgreSQL then never starts. Leaves a recent file, which may belong to a
 * PostgreSQL that is starting.
 */
export function removeBlankLockFile({ pgData }: ClusterLocation): void {
  const file = path.join(pgData, 'postmaster.pid');
  try {
    const isBlank = !/^\d/.test(readFileSync(file, 'utf8'));
    // If the clock was set back, the file's time is in the future.
    const age = Math.abs(Date.now() - statSync(file).mtimeMs);
    if (isBlank && age > lockFileGraceMs) rmSync(file, { force: true });
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** True if the PostgreSQL with this process id accepts connections. */
export function isReady({ pgData }: ClusterLocation, pid: number): boolean {
  try {
    const lines = readFileSync(path.join(pgData, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}
