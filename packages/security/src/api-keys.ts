import { timingSafeEqual } from 'node:crypto';
import { generateToken, hashToken } from './opaque-tokens.js';

/** Match the whole token: a base64url secret may contain `_`. */
const keyPattern =
  /^syn_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** Parts of an API key, unverified until `isSecretOf` returns true. */
export interface ApiKeyParts {
  /** UUID of the key's row. */
  id: string;
  secret: string;
}

/**
 * True if a bearer token has the form of an API key. The prefix also helps scanners for leaked
 * secrets.
 */
export const looksLikeApiKey = (token: string): boolean => token.startsWith('syn_');

/**
 * Generates a key `syn_<id>_<secret>` for the row with this UUID, and the hash of its secret for
 * storing.
 */
export function generateApiKey(id: string): { key: string; secretHash: Uint8Array<ArrayBuffer> } {
  const secret = generateToken();
  return { key: `syn_${id.replaceAll('-', '')}_${secret}`, secretHash: hashToken(secret) };
}

/** Splits a key; `null` for text of another form. */
export function parseApiKey(token: string): ApiKeyParts | null {
  const [, a, b, c, d, e, secret] = keyPattern.exec(token) ?? [];
  return secret === undefined ? null : { id: `${a}-${b}-${c}-${d}-${e}`, secret };
}

/** Compares a secret with a stored hash in constant time. */
export function isSecretOf(secretHash: Uint8Array, secret: string): boolean {
  const hash = hashToken(secret);
  return secretHash.byteLength === hash.byteLength && timingSafeEqual(secretHash, hash);
}
