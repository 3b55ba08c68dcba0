import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { isCode, isThere, readIfThere, replaceFile, writeOnce } from './files.js';

/** The role that the application uses, and the database that it owns. */
export const appName = 'synap';

const passwordOf = (home: string) => path.join(home, 'password');
/**
 * A password that the cluster may not know yet. It replaces the old one once the cluster knows it.
 */
const nextPasswordOf = (home: string) => path.join(home, 'password.next');

function read<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) throw error;
    throw new Error(
      `${file} belongs to another account. Run this as the account that started Synap on this data folder, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function checked(file: string, content: string): string {
  const password = content.trim();
  if (/^[\w-]{32,}$/.test(password)) return password;
  throw new Error(
    `${file} is damaged. Stop Synap, delete it and start again: a new password is made, the data stay as they are.`,
  );
}

/**
 * Reads the password of the application's role (0600, in the data folder); `null` when it is lost
 * or not made yet.
 */
export function readPassword(home: string): string | null {
  const file = passwordOf(home);
  const content = read(file, () => readIfThere(file));
  return content === null ? null : checked(file, content);
}

const makeIn = (file: string) =>
  checked(
    file,
    read(file, () => writeOnce(file, randomBytes(32).toString('base64url'))),
  );

/** The password for a cluster that is about to be made. */
export function generatePassword(home: string): string {
  return makeIn(passwordOf(home));
}

/** True if a change of the password was begun and not ended. */
export function isPasswordPending(home: string): boolean {
  return isThere(nextPasswordOf(home));
}

/**
 * The password that the cluster gets next: the one of a change that was interrupted, or a new one.
 */
export function makeNextPassword(home: string): string {
  return makeIn(nextPasswordOf(home));
}

/** Ends a change: the cluster knows the next password. */
export function commitNextPassword(home: string): void {
  try {
    renameSync(nextPasswordOf(home), passwordOf(home));
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error; // Another process was quicker, with the same password.
  }
}

/**
 * The port the cluster had last, so that its address stays the same where it can; `null` before the
 * first start.
 */
export function rememberedPort(home: string): number | null {
  const port = Number(readIfThere(path.join(home, 'port')) ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}

export function rememberPort(home: string, port: number): void {
  if (rememberedPort(home) === port) return;
  replaceFile(path.join(home, 'port'), `${port}\n`);
}

/**
 * Without TLS whatever PGSSLMODE says: it is about other servers, and the loopback interface needs
 * none.
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
