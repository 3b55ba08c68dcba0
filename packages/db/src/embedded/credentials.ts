import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { isCode, pathExists, readIfExists, replaceFile, writeOnce } from './files.js';

/** Name of the application's role and of the database that it owns. */
export const appName = 'synap';

const passwordOf = (home: string) => path.join(home, 'password');
/**
 * Holds a password that the cluster may not know yet. It replaces the old one once the cluster has
 * it.
 */
const nextPasswordOf = (home: string) => path.join(home, 'password.next');

function read<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) throw error;
    throw new Error(
      `${file} belongs to another account. Run this command as the account that started Synap with this data folder, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function checked(file: string, content: string): string {
  const password = content.trim();
  if (/^[\w-]{32,}$/.test(password)) return password;
  throw new Error(
    `${file} is damaged. Stop Synap, delete it and start again: a new password is created, and the data are not changed.`,
  );
}

/**
 * Reads the password of the application's role (mode 0600, in the data folder); `null` if it is
 * missing.
 */
export function readPassword(home: string): string | null {
  const file = passwordOf(home);
  const content = read(file, () => readIfExists(file));
  return content === null ? null : checked(file, content);
}

const makeIn = (file: string) =>
  checked(
    file,
    read(file, () => writeOnce(file, randomBytes(32).toString('base64url'))),
  );

/** Creates the password for a new cluster. */
export function generatePassword(home: string): string {
  return makeIn(passwordOf(home));
}

/** True if a password change was started and not finished. */
export function isPasswordPending(home: string): boolean {
  return pathExists(nextPasswordOf(home));
}

/** Returns the next password of the cluster: that of an interrupted change, or a new one. */
export function makeNextPassword(home: string): string {
  return makeIn(nextPasswordOf(home));
}

/** Finishes a password change after the cluster has accepted the new password. */
export function commitNextPassword(home: string): void {
  try {
    renameSync(nextPasswordOf(home), passwordOf(home));
  } catch (error) {
    // Another process has already finished it, with the same password.
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/**
 * Returns the last port of the cluster, so that its address stays the same if possible; `null`
 * before the first start.
 */
export function rememberedPort(home: string): number | null {
  const port = Number(readIfExists(path.join(home, 'port')) ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}

export function rememberPort(home: string, port: number): void {
  if (rememberedPort(home) === port) return;
  replaceFile(path.join(home, 'port'), `${port}\n`);
}

/**
 * Builds the address. TLS is off even if PGSSLMODE is set: the loopback interface does not need it.
 */
export function addressOf({
  port,
  password,
  database = appName,
}: {
  port: number;
  password: string;
  database?: string;
}): string {
  return `postgresql://${appName}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}
