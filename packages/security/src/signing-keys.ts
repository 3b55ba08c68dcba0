import { createHash } from 'node:crypto';

/** One of the server's secrets under the name that tokens call it by. */
export interface SigningKey {
  kid: string;
  secret: string;
}

const named = /^([A-Za-z0-9_-]{1,32}):(.*)$/s;

/**
 * A name that stays with the secret when it moves down the list; 48 bits of a digest tell nothing
 * of 32 bytes.
 */
const derivedKid = (secret: string) =>
  createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 8);

/**
 * Reads a secret setting: one secret, or a comma-separated list for rotation, where the first signs
 * and all verify. Each may be named (`2026a:…`); where it is not, its name derives from it.
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
 * Reads a secret setting that must hold a key; throws where it holds none (`judgeSecrets` says so
 * more kindly).
 */
export function signingKeysOf(value: string): [SigningKey, ...SigningKey[]] {
  const [first, ...rest] = parseSigningKeys(value);
  if (!first) throw new Error('A secret is empty');
  return [first, ...rest];
}
