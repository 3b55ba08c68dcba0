import { timingSafeEqual } from 'node:crypto';
import { generateToken, hashToken } from './opaque-tokens.js';

/** Taken as a whole: a base64url secret may hold `_` itself. */
const shape =
  /^syn_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** What a key says; nothing of it is proven until `isSecretOf`. */
export interface ApiKeyParts {
  /** UUID of its row. */
  id: string;
  secret: string;
}

/**
 * Whether a bearer token means to be an API key. The prefix also lets scanners for leaked secrets
 * know ours.
 */
export const looksLikeApiKey = (token: string): boolean => token.startsWith('syn_');

/**
 * A new key `syn_<id>_<secret>` for the row of that UUID, and the hash that is stored of its
 * secret.
 */
export function generateApiKey(id: string): { key: string; secretHash: Uint8Array<ArrayBuffer> } {
  const secret = generateToken();
  return { key: `syn_${id.replaceAll('-', '')}_${secret}`, secretHash: hashToken(secret) };
}

/** @returns null for anything that no key looks like */
export function parseApiKey(token: string): ApiKeyParts | null {
  const [, a, b, c, d, e, secret] = shape.exec(token) ?? [];
  return secret === undefined ? null : { id: `${a}-${b}-${c}-${d}-${e}`, secret };
}

/** Whether a stored hash is that of this secret, in constant time. */
export function isSecretOf(secretHash: Uint8Array, secret: string): boolean {
  const hash = hashToken(secret);
  return secretHash.byteLength === hash.byteLength && timingSafeEqual(secretHash, hash);
}
