import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '@synap/db';
import { secretFolder } from './secrets.js';

/** Folder of mails if no server is configured. */
export const outboxFolder = (dataDir: string) => path.join(dataDir, 'outbox');

const hasCode = (error: unknown, ...codes: string[]): error is Error =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);

/** Resolves to `absent` if the file does not exist. */
async function unlessMissing<T>(attempt: Promise<T>, absent: T): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return absent;
    throw error;
  }
}

async function canUse(target: string): Promise<void> {
  const folder = (await stat(target)).isDirectory();
  await access(target, constants.R_OK | constants.W_OK | (folder ? constants.X_OK : 0));
}

/**
 * Throws EACCES if this account cannot use a file or folder of Synap, such as one created by
 * another account.
 */
async function assertUsable(dataDir: string): Promise<void> {
  const secrets = secretFolder(dataDir);
  const own = [
    dataDir,
    secrets,
    outboxFolder(dataDir),
    path.join(dataDir, 'postgres'),
    path.join(dataDir, 'database.json'),
  ];
  for (const target of own) await unlessMissing(canUse(target), undefined);
  for (const name of await unlessMissing(readdir(secrets), []))
    await unlessMissing(canUse(path.join(secrets, name)), undefined);
}

/**
 * Creates the data folder, and checks that this account can use all of it. Throws an instruction if
 * it cannot.
 */
export async function prepareDataFolder(dataDir: string): Promise<void> {
  try {
    makeFolder(dataDir);
    await assertUsable(dataDir);
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM')) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The data folder ${dataDir} cannot be used (${reason}): set SYNAP_DATA_DIR to another folder.`,
        {
          cause: error,
        },
      );
    }
    const account = `${process.getuid?.() ?? ''}:${process.getgid?.() ?? ''}`;
    throw new Error(
      `This account cannot use the data folder ${dataDir} (${error.message}). Start Synap as the account that created it; or stop it, give the folder to this one (sudo chown -R ${account} ${dataDir}) and start again; or set SYNAP_DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}
