import { type ArchiveVisitor, BackupError, type Manifest, macText, type Sealing } from '@synap/db';
import { type PassphraseKey, passphraseKey } from '@synap/security';
import { z } from 'zod';
import type { Secrets } from '../config/secrets.js';

const contextOf = (id: string) => `backup ${id}`;
const secretsSchema = z.object({ access: z.string(), refresh: z.string(), encryption: z.string() });

/** Encrypts the server's secrets for an archive. */
export async function sealSecrets(passphrase: string, secrets: Secrets): Promise<Sealing> {
  const { parameters, box, mac } = await passphraseKey(passphrase);
  return { parameters, mac, seal: (id) => box.seal(JSON.stringify(secrets), contextOf(id)).bytes };
}

export interface SecretsReader {
  visitor: Required<Pick<ArchiveVisitor, 'secrets' | 'checksums'>>;
  /** Secrets of the last archive read; `null` without a passphrase. */
  secrets(): Secrets | null;
  /** Rejects an archive without secrets if a passphrase is given. */
  assertSealed(manifest: Manifest): void;
}

const noSecretsError = () =>
  new BackupError(
    'The archive holds no secrets: it was created without a passphrase. Restore it without one.',
  );

/** Decrypts the secrets of an archive with a passphrase; skips them without one. */
export function createSecretsReader(passphrase: string | undefined): SecretsReader {
  let key: PassphraseKey | undefined;
  let found: Secrets | null = null;
  return {
    assertSealed({ sealing }) {
      if (passphrase !== undefined && sealing === null) throw noSecretsError();
    },
    visitor: {
      async secrets(content, { id, sealing }) {
        if (passphrase === undefined || sealing === null) return;
        if (key?.parameters.salt !== sealing.salt) key = await passphraseKey(passphrase, sealing);
        found = open(key, content, id);
      },
      checksums({ contents, mac }) {
        if (passphrase !== undefined && !key) throw noSecretsError();
        if (key && key.mac(macText(contents)) !== mac)
          throw new BackupError(
            'The archive was altered after it was created: its checksums do not match the passphrase.',
          );
      },
    },
    secrets: () => found,
  };
}

function open({ box }: PassphraseKey, content: Buffer, id: string): Secrets {
  try {
    return secretsSchema.parse(
      JSON.parse(box.open({ keyId: box.currentKeyId, bytes: content }, contextOf(id))),
    );
  } catch (error) {
    throw new BackupError('The passphrase is wrong.', { cause: error });
  }
}
