import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { SigningKey } from './signing-keys.js';

/** Encrypted text that only the holder of the key can read. */
export interface Sealed {
  /** Name of the key that encrypted it. */
  keyId: string;
  /** Nonce (12 bytes), tag (16 bytes), ciphertext. */
  bytes: Uint8Array<ArrayBuffer>;
}

export interface SecretBox {
  /** Name of the key for new texts. */
  readonly currentKeyId: string;
  /**
   * Encrypts a text. `context` names its purpose and row, such as `mail <id>`, so that it cannot be
   * opened in another row.
   */
  seal(text: string, context: string): Sealed;
  /**
   * Decrypts a text. Throws if the key is missing, the context differs, or a byte changed. Errors
   * never contain the text.
   */
  open(sealed: { keyId: string; bytes: Uint8Array }, context: string): string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) under keys derived by HKDF from the server's secrets. The first key
 * seals, all keys open.
 */
export function createSecretBox({
  keys,
}: {
  keys: readonly [SigningKey, ...SigningKey[]];
}): SecretBox {
  const derive = ({ secret }: SigningKey) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'synap secret box', 32));
  const byId = new Map(keys.map((key) => [key.kid, derive(key)]));
  const current = { id: keys[0].kid, key: derive(keys[0]) };

  return {
    currentKeyId: current.id,
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, current.key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return {
        keyId: current.id,
        bytes: new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body])),
      };
    },
    open({ keyId, bytes }, context) {
      const key = byId.get(keyId);
      if (!key)
        throw new Error(`There is no encryption key named ${keyId}: add it after the current key`);
      const nonce = bytes.subarray(0, nonceBytes);
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([
        decipher.update(bytes.subarray(nonceBytes + tagBytes)),
        decipher.final(),
      ]).toString('utf8');
    },
  };
}
