import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token of 256 random bits for a link or a key, base64url. */
export const generateToken = () => randomBytes(32).toString('base64url');

/**
 * What is stored of such a token. It cannot be guessed, so a plain SHA-256 suffices (ASVS 5.0,
 * 11.4.2 asks slow hashes of passwords only).
 */
export const hashToken = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());

/** Compares two secrets in constant time; only their lengths may show. */
export function isSameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
