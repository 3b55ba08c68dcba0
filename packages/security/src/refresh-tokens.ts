import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SigningKey } from './signing-keys.js';

const shape =
  /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9]\d{0,9})\.([A-Za-z0-9_-]{43})$/;
/** The database stores the counter as a 32-bit integer. */
const maxCounter = 2_147_483_647;

/** Parts of a refresh token, unverified until `verify` returns true. */
export interface RefreshTokenParts {
  sid: string;
  counter: number;
  mac: string;
}

/** Key data of a session's refresh tokens, as stored in its row. */
export interface RefreshTokenKey {
  salt: Uint8Array;
  /** Names the server's secret from which the key of the current token derives. */
  kid: string;
}

export interface RefreshTokens {
  /** Name of the secret for new sessions and rotated tokens. */
  readonly currentKid: string;
  /**
   * Deterministic: equal arguments yield the same token. Throws if the server no longer has this
   * secret.
   */
  issue(token: RefreshTokenKey & { sid: string; counter: number }): string;
  /** Splits a token; `null` for text of another form. */
  parse(token: string): RefreshTokenParts | null;
  /**
   * True if Synap issued the token. Compares in constant time. False if its secret was retired.
   * `counter` is that of the current token. An earlier token may use any secret that the server
   * still has, because sessions move to the current one.
   */
  verify(token: RefreshTokenParts, key: RefreshTokenKey & { counter: number }): boolean;
}

/**
 * Creates refresh tokens `sid.counter.HMAC`. Their key derives by HKDF (RFC 5869) from the server's
 * secret, the session id and the salt in its row. A stolen database alone cannot issue tokens, and
 * a successor is recomputed instead of stored.
 */
export function createRefreshTokens({
  keys,
}: {
  keys: readonly [SigningKey, ...SigningKey[]];
}): RefreshTokens {
  const secrets = new Map(keys.map(({ kid, secret }) => [kid, secret]));

  function macOf(secret: string, salt: Uint8Array, sid: string, counter: number): string {
    const key = hkdfSync('sha256', secret, salt, `synap refresh token ${sid}`, 32);
    return createHmac('sha256', Buffer.from(key)).update(`${sid}.${counter}`).digest('base64url');
  }

  return {
    currentKid: keys[0].kid,
    issue({ sid, counter, salt, kid }) {
      const secret = secrets.get(kid);
      if (secret === undefined) throw new Error(`There is no refresh token secret named ${kid}`);
      return `${sid}.${counter}.${macOf(secret, salt, sid, counter)}`;
    },
    parse(token) {
      const [, sid, digits, mac] = shape.exec(token) ?? [];
      const counter = Number(digits);
      return sid === undefined || mac === undefined || counter > maxCounter
        ? null
        : { sid, counter, mac };
    },
    verify({ sid, counter, mac }, { salt, kid, counter: inForce }) {
      const secret = secrets.get(kid);
      if (secret === undefined) return false;
      // Compare the texts, not the decoded bytes: in base64url several texts decode to the same
      // bytes.
      const given = Buffer.from(mac);
      const isOf = (candidate: string) => {
        const wanted = Buffer.from(macOf(candidate, salt, sid, counter));
        return given.length === wanted.length && timingSafeEqual(given, wanted);
      };
      return isOf(secret) || (counter < inForce && [...secrets.values()].some(isOf));
    },
  };
}
