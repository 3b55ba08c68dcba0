import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { giveToOwnerOf, isCode, readIfThere, writeOnce } from './location.js';

/** The role that the application uses, and the database that it owns. */
export const appName = 'synap';

/** The made password of the application's role, and whether it was made just now. */
export interface Credentials {
  password: string;
  made: boolean;
}

/** Reads the password (0600, in the data folder) or makes one. */
export function readCredentials(home: string): Credentials {
  const file = path.join(home, 'password');
  const offered = randomBytes(32).toString('base64url');
  try {
    const password = (readIfThere(file) ?? writeOnce(file, offered)).trim();
    if (!/^[\w-]{32,}$/.test(password))
      throw new Error(`${file} is damaged. Delete it: a new password is made at the next start.`);
    return { password, made: password === offered };
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) throw error;
    throw new Error(
      `${file} belongs to another account. Run this as the account that started Synap on this data folder, or set DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
}

/** The port the cluster had last, so that its address stays the same where it can; `null` before the first start. */
export function rememberedPort(home: string): number | null {
  const port = Number(readIfThere(path.join(home, 'port')) ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}

export function rememberPort(home: string, port: number): void {
  if (rememberedPort(home) === port) return;
  const draft = path.join(home, `port.${process.pid}`);
  writeFileSync(draft, `${port}\n`);
  giveToOwnerOf(home, draft);
  renameSync(draft, path.join(home, 'port'));
}

export function addressOf({ port, password, database = appName }: { port: number; password: string; database?: string }): string {
  return `postgresql://${appName}:${password}@127.0.0.1:${port}/${database}`;
}
