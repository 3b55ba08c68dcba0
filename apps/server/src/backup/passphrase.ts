import { minPassphraseLength } from '@synap/security';
import type { Environment } from '../config/env.js';
import { readSecretFile } from '../config/secret-files.js';

/** Reads the passphrase from the file of the command line, else from the environment. */
export function readPassphrase(
  { backup }: Environment,
  file: string | undefined,
): string | undefined {
  if (file === undefined) return backup.passphrase;
  const passphrase = readPassphraseFile(file);
  if (passphrase.length < minPassphraseLength)
    throw new Error(
      `The passphrase in ${file} must have at least ${minPassphraseLength} characters.`,
    );
  return passphrase;
}

function readPassphraseFile(file: string): string {
  try {
    return readSecretFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`--passphrase-file: ${file} cannot be read (${reason})`, { cause: error });
  }
}
