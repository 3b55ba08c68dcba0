import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import { createSecretBox, type SecretBox } from './secret-box.js';

/** Cost and salt for deriving a key from a passphrase. */
export interface PassphraseParameters {
  algorithm: 'argon2id';
  /** KiB. */
  memoryCost: number;
  timeCost: number;
  parallelism: number;
  /** Base64. */
  salt: string;
}

/** Keys derived from a passphrase. */
export interface PassphraseKey {
  parameters: PassphraseParameters;
  /** Seals with a single key, named `passphrase`. */
  box: SecretBox;
  /** Computes HMAC-SHA256 under a separate key, in base64. */
  mac(text: string): string;
}

/** Minimum length. A holder of the file can guess shorter ones offline, without rate limits. */
export const minPassphraseLength = 12;

/** RFC 9106 §4, second recommended option. */
const makeParameters = (): PassphraseParameters => ({
  algorithm: 'argon2id',
  memoryCost: 65_536,
  timeCost: 3,
  parallelism: 4,
  salt: randomBytes(16).toString('base64'),
});

/** Derives keys from a passphrase. The parameters of an earlier call yield the same keys. */
export async function passphraseKey(
  passphrase: string,
  parameters = makeParameters(),
): Promise<PassphraseKey> {
  const { salt, memoryCost, timeCost, parallelism } = parameters;
  const options = {
    memoryCost,
    timeCost,
    parallelism,
    outputLen: 32,
    salt: Buffer.from(salt, 'base64'),
  };
  const raw = await argon2.hashRaw(passphrase.normalize('NFC'), options);
  const macKey = Buffer.from(hkdfSync('sha256', raw, '', 'synap passphrase mac', 32));
  return {
    parameters,
    box: createSecretBox({ keys: [{ kid: 'passphrase', secret: raw.toString('base64') }] }),
    mac: (text) => createHmac('sha256', macKey).update(text).digest('base64'),
  };
}
