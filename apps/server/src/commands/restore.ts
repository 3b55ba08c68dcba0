import { constants, createReadStream } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import {
  assertKnownMigrations,
  migrationNames,
  type ReadArchive,
  readArchive,
  restoreBackup,
} from '@synap/db';
import { readPassphrase } from '../backup/passphrase.js';
import { planSecrets, type SecretsPlan, writeSecrets } from '../backup/restore-secrets.js';
import { createSecretsReader, type SecretsReader } from '../backup/sealing.js';
import { type Environment, parseEnvironment } from '../config/env.js';
import { migrationsFolder } from '../config/paths.js';
import { version } from '../config/version.js';
import { borrowDatabase } from './use-database.js';

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const printLine = (line: string) => void process.stderr.write(`${line}\n`);

/** Restores a backup into an empty installation, completely or not at all. Returns 0 on success. */
export async function restore(
  variables: NodeJS.ProcessEnv,
  source: string | undefined,
  passphraseFile: string | undefined,
): Promise<number> {
  if (source === undefined) {
    printLine('Usage: synap restore <file|-> [--passphrase-file <file>]');
    return 2;
  }
  const environment = parseEnvironment(variables);
  const reader = createSecretsReader(readPassphrase(environment, passphraseFile));
  // A stream can be read only once, so it is verified while it is loaded.
  if (source !== '-') {
    printLine(`Checking ${source} …`);
    await checkArchive(source, environment, reader);
  }
  await mkdir(environment.dataDir, { recursive: true, mode: 0o700 });
  const { url, release } = await borrowDatabase(environment, { create: true, log: printLine });
  let plan: SecretsPlan | undefined;
  try {
    const read = await restoreBackup({
      url,
      migrationsFolder,
      log: printLine,
      product: version,
      visitor: reader.visitor,
      archive: source === '-' ? process.stdin : createReadStream(source),
      async beforeCommit(manifest) {
        reader.assertSealed(manifest);
        const secrets = reader.secrets();
        if (!secrets) return;
        plan = await planSecrets(environment, secrets);
        await writeSecrets(environment, secrets, plan);
      },
    });
    print(read, plan);
  } finally {
    await release();
  }
  return 0;
}

/** Runs every check that can reject the archive before anything is changed. */
async function checkArchive(
  file: string,
  environment: Environment,
  reader: SecretsReader,
): Promise<void> {
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw new Error(`The backup ${file} cannot be read (${messageOf(error)})`, { cause: error });
  });
  await readArchive(createReadStream(file), {
    manifest(manifest) {
      assertKnownMigrations(manifest, migrationNames(migrationsFolder), version);
      reader.assertSealed(manifest);
    },
    secrets: reader.visitor.secrets,
    checksums: reader.visitor.checksums,
  });
  const secrets = reader.secrets();
  if (secrets) await planSecrets(environment, secrets);
}

function print({ manifest, contents, skipped }: ReadArchive, plan: SecretsPlan | undefined): void {
  const rows = Object.values(contents).reduce((total, each) => total + (each.rows ?? 0), 0);
  printLine(
    `Restored ${rows} rows of ${manifest.tables.length} tables, as of ${manifest.createdAt} (Synap ${manifest.product}).`,
  );
  if (skipped.length > 0)
    printLine(`Skipped, because this version does not know it: ${skipped.join(', ')}`);
  if (!plan) {
    printLine(
      manifest.sealing
        ? 'The secrets of the archive were not restored, because no passphrase was given: if other secrets are in use, people must sign in again.'
        : 'The archive holds no secrets: if the secrets have changed since, people must sign in again.',
    );
    return;
  }
  for (const name of plan.overridden)
    printLine(
      `${name} differs from the archive: append the old secret to it, or its sessions and queued mails are lost.`,
    );
  printLine('The secrets of the archive are in the data folder.');
}
