import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Clock } from './clock.js';
import type { SigningKey } from './signing-keys.js';

/** RFC 8725 §3.1, §3.11: one algorithm and one type, both pinned; the type is that of RFC 9068. */
const algorithm = 'HS256';
const type = 'at+jwt';
const lifetime = 10 * 60;
const tolerance = 5;
/** Our tokens have about 400 characters. */
const maxLength = 2000;
/** Tokens that are remembered at most. */
const maxRemembered = 10_000;

export interface AccessTokenClaims {
  /** The user's id. */
  sub: string;
  /** The session's id. */
  sid: string;
}

export interface AccessTokens {
  /** @returns the token and the seconds for which it is good */
  sign(claims: AccessTokenClaims): { token: string; expiresIn: number };
  /** @returns null for a token that is not ours, tampered with or expired */
  verify(token: string): AccessTokenClaims | null;
}

export interface AccessTokensOptions {
  /** The first signs, all verify. */
  keys: readonly [SigningKey, ...SigningKey[]];
  issuer: string;
  audience: string;
  clock?: Clock;
}

/** What a token with a right signature says. */
interface Genuine {
  claims: AccessTokenClaims;
  /** Seconds since the epoch. */
  exp: number;
}

const headerOf = (token: string) => token.slice(0, Math.max(0, token.indexOf('.')));

/** The key id that a well-formed header of our kind names. */
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
 * Makes and checks access tokens: JWTs (HS256) good for ten minutes, with five seconds of
 * tolerance.
 */
export function createAccessTokens({
  keys,
  issuer,
  audience,
  clock = Date,
}: AccessTokensOptions): AccessTokens {
  // A KeyObject, not a string: jsonwebtoken tries to read a string as a public key first, at each
  // call.
  const byKid = new Map<string, KeyObject>(
    keys.map(({ kid, secret }) => [kid, createSecretKey(secret, 'utf8')]),
  );
  const signing = { kid: keys[0].kid, key: createSecretKey(keys[0].secret, 'utf8') };

  // All tokens of one key begin with the same header, so recognising it takes one look-up instead
  // of parsing it.
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

  /** What a genuine token says; null for any other. */
  function read(token: string, clockTimestamp: number): Genuine | null {
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
      // jsonwebtoken checks an expiry only where there is one.
      return typeof sub === 'string' && typeof sid === 'string' && typeof exp === 'number'
        ? { claims: { sub, sid }, exp }
        : null;
    } catch {
      // Whatever it stumbles over, the text is a stranger's: it is no token of ours.
      return null;
    }
  }

  // A signature is right or wrong for ever, so what was found genuine is not computed again; its
  // end is looked at each time. Only what we signed gets in, so nobody else can fill it. In the
  // order of their first use, so the first is the one to make room.
  const genuine = new Map<string, Genuine>();

  function remember(token: string, found: Genuine): void {
    const [oldest] = genuine.size >= maxRemembered ? genuine.keys() : [];
    if (oldest !== undefined) genuine.delete(oldest);
    genuine.set(token, found);
  }

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
      const known = genuine.get(token);
      if (known && now < known.exp + tolerance) return known.claims;
      genuine.delete(token);
      const found = read(token, now);
      if (found) remember(token, found);
      return found?.claims ?? null;
    },
  };
}
