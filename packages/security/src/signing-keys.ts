import { createHash } from 'node:crypto';

/** A secret of the server, with the name by which tokens refer to it. */
export interface SigningKey {
  kid: string;
  secret: string;
}

const named = /^([A-Za-z0-9_-]{1,32}):(.*)$/s;

/**
 * Derives a name from the secret, so that it stays the same in any position of the list. 48 bits of
 * a digest reveal nothing about 32 bytes.
 */
const derivedKid = (secret: string) =>
  createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 8);

/**
 * Parses a secret setting: one secret, or a comma-separated list for rotation. The first signs, all
 * verify. A secret may have a name (`2026a:…`); otherwise the name derives from it.
 */
export function parseSigningKeys(value: string): SigningKey[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, kid, secret] = named.exec(part) ?? [];
      return kid === undefined || secret === undefined
        ? { kid: derivedKid(part), secret: part }
        : { kid, secret };
    });
}

/**
 * Parses a required secret setting. Throws if it is empty; `validateSecrets` reports this with
 * advice.
 */
export function signingKeysOf(value: string): [SigningKey, ...SigningKey[]] {
  const [first, ...rest] = parseSigningKeys(value);
  if (!first) throw new Error('A secret is empty');
  return [first, ...rest];
}
