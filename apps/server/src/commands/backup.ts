import path from 'node:path';
import type { Writable } from 'node:stream';
import { type Manifest, writeBackup } from '@synap/db';
import { writeBackupFile } from '../backup/backup-file.js';
import { backUpToFolder } from '../backup/backup-folder.js';
import { readPassphrase } from '../backup/passphrase.js';
import { sealSecrets } from '../backup/sealing.js';
import { type Environment, parseEnvironment } from '../config/env.js';
import { migrationsFolder } from '../config/paths.js';
import { currentSecrets } from '../config/secrets.js';
import { version } from '../config/version.js';
import { borrowDatabase } from './use-database.js';

const printLine = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Writes all data to a file or to standard output. Without a target, writes to BACKUP_DIR as a
 * scheduled backup does. Works while a server runs. Returns 0 when the backup is complete.
 */
export async function backup(
  variables: NodeJS.ProcessEnv,
  target: string | undefined,
  passphraseFile: string | undefined,
): Promise<number> {
  if (target === '-' && process.stdout.isTTY) {
    printLine('A backup is binary: send standard output to a file or another program.');
    return 2;
  }
  const environment = parseEnvironment(variables);
  const { dir, keep } = environment.backup;
  if (target === undefined && dir === undefined) {
    printLine(
      'Usage: synap backup <file|-> [--passphrase-file <file>]   (without a file name: to BACKUP_DIR, if it is set)',
    );
    return 2;
  }
  const passphrase = readPassphrase(environment, passphraseFile);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () =>
      abort.abort(new Error(`Stopped by ${signal}: no backup was written.`)),
    );
  const now = new Date();
  const write = (output: Writable) =>
    writeTo(output, { environment, passphrase, now, signal: abort.signal });
  if (target === '-') await write(process.stdout);
  else if (target !== undefined) await writeBackupFile(path.resolve(target), write);
  const file = target ?? (await backUpToFolder({ folder: dir ?? '', keep, now, write }));
  printLine(`Backup as of ${now.toISOString()}${file === '-' ? '' : `: ${path.resolve(file)}`}`);
  if (passphrase === undefined)
    printLine(
      'The backup does not contain the secrets, because no passphrase was given: store them elsewhere, or people must sign in again after a restore.',
    );
  return 0;
}

interface WriteTo {
  environment: Environment;
  passphrase: string | undefined;
  now: Date;
  signal: AbortSignal;
}

async function writeTo(
  output: Writable,
  { environment, passphrase, now, signal }: WriteTo,
): Promise<Manifest> {
  const sealing =
    passphrase === undefined
      ? undefined
      : await sealSecrets(passphrase, await currentSecrets(environment));
  const { url, release } = await borrowDatabase(environment);
  const { isTTY } = process.stderr;
  try {
    return await writeBackup({
      url,
      migrationsFolder,
      output,
      sealing,
      signal,
      product: version,
      now,
      onTable: (name, bytes) =>
        isTTY && process.stderr.write(`\r\u001b[K${name}: ${(bytes / 1e6).toFixed(1)} MB`),
    });
  } finally {
    if (isTTY) process.stderr.write('\r\u001b[K');
    await release();
  }
}
