import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.js';
import type { SigningKey } from './signing-keys.js';

/** Pin one algorithm and one type (RFC 8725 §3.1, §3.11); the type is that of RFC 9068. */
const algorithm = 'HS256';
const type = 'at+jwt';
const lifetime = 10 * 60;
const tolerance = 5;
/** Synap's tokens have about 400 characters. */
const maxLength = 2000;
/** Maximum number of cached tokens. */
const maxCached = 10_000;

export interface AccessTokenClaims {
  /** User id. */
  sub: string;
  /** Session id. */
  sid: string;
}

export interface AccessTokens {
  /** Signs a token. Also returns its lifetime in seconds. */
  sign(claims: AccessTokenClaims): { token: string; expiresIn: number };
  /** Returns the claims; `null` for a foreign, altered or expired token. */
  verify(token: string): AccessTokenClaims | null;
}

export interface AccessTokensOptions {
  /** The first key signs, all keys verify. */
  keys: readonly [SigningKey, ...SigningKey[]];
  issuer: string;
  audience: string;
  clock?: Clock;
}

/** Claims of a token with a valid signature. */
interface VerifiedToken {
  claims: AccessTokenClaims;
  /** Seconds since the epoch. */
  exp: number;
}

const headerOf = (token: string) => token.slice(0, Math.max(0, token.indexOf('.')));

/** Returns the key id of a well-formed header; `null` for any other header. */
function keyIdOf(headerPart: string): string | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(headerPart, 'base64url').toString());
    if (typeof header !== 'object' || header === null) return null;
    if (!('alg' in header && 'typ' in header && 'kid' in header)) return null;
    return header.alg === algorithm && header.typ === type && typeof header.kid === 'string'
      ? header.kid
      : null;
  } catch {
    return null;
  }
}

/**
 * Issues and verifies access tokens: JWTs (HS256) that expire after ten minutes, with five seconds
 * of tolerance.
 */
export function createAccessTokens({
  keys,
  issuer,
  audience,
  clock = Date,
}: AccessTokensOptions): AccessTokens {
  // Use a KeyObject: jsonwebtoken tries to parse a string as a public key first, on each call.
  const byKid = new Map<string, KeyObject>(
    keys.map(({ kid, secret }) => [kid, createSecretKey(secret, 'utf8')]),
  );
  const signing = { kid: keys[0].kid, key: createSecretKey(keys[0].secret, 'utf8') };

  // All tokens of a key share one header, so a map look-up replaces parsing.
  const byHeader = new Map<string, KeyObject>();
  for (const [kid, key] of byKid) byHeader.set(headerOf(jwt.sign({}, key, signOptions(kid))), key);

  function signOptions(kid: string): jwt.SignOptions {
    return { algorithm, keyid: kid, header: { alg: algorithm, typ: type } };
  }

  function keyFor(token: string): KeyObject | undefined {
    const headerPart = headerOf(token);
    const known = byHeader.get(headerPart);
    if (known) return known;
    const kid = keyIdOf(headerPart);
    return kid === null ? undefined : byKid.get(kid);
  }

  /** Returns the claims of a validly signed token; `null` for any other. */
  function read(token: string, clockTimestamp: number): VerifiedToken | null {
    const key = token.length > maxLength ? undefined : keyFor(token);
    if (!key) return null;
    try {
      const claims = jwt.verify(token, key, {
        algorithms: [algorithm],
        issuer,
        audience,
        clockTolerance: tolerance,
        clockTimestamp,
      });
      if (typeof claims === 'string') return null;
      const { sub, sid, exp } = claims;
      // jsonwebtoken checks `exp` only if it is present.
      return typeof sub === 'string' && typeof sid === 'string' && typeof exp === 'number'
        ? { claims: { sub, sid }, exp }
        : null;
    } catch {
      // Untrusted input: any error means an invalid token.
      return null;
    }
  }

  // Caches valid signatures, because they stay valid; the expiry is checked on every call. Only
  // tokens that we signed are cached, so strangers cannot fill the cache.
  const verified = new LRUCache<string, VerifiedToken>({ max: maxCached });

  return {
    sign({ sub, sid }) {
      const iat = Math.floor(clock.now() / 1000);
      const options = {
        ...signOptions(signing.kid),
        issuer,
        audience,
        subject: sub,
        jwtid: randomUUID(),
        expiresIn: lifetime,
      };
      return { token: jwt.sign({ sid, iat }, signing.key, options), expiresIn: lifetime };
    },

    verify(token) {
      const now = Math.floor(clock.now() / 1000);
      const known = verified.get(token);
      if (known && now < known.exp + tolerance) return known.claims;
      verified.delete(token);
      const found = read(token, now);
      if (found) verified.set(token, found);
      return found?.claims ?? null;
    },
  };
}
