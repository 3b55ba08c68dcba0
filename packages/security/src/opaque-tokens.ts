import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Generates a token of 256 random bits in base64url, for a link or a key. */
export const generateToken = () => randomBytes(32).toString('base64url');

/**
 * Hashes such a token for storing. It cannot be guessed, so plain SHA-256 suffices (ASVS 5.0,
 * 11.4.2 requires slow hashes for passwords only).
 */
export const hashToken = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());

/** Compares two secrets in constant time. May reveal their lengths. */
export function isSameText(actual: string, expected: string): boolean {
  const [a, b] = [Buffer.from(actual), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
