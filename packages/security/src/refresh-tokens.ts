import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SigningKey } from './signing-keys.js';

const shape =
  /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9]\d{0,9})\.([A-Za-z0-9_-]{43})$/;
/** The counter is a 32-bit integer in the database. */
const maxCounter = 2_147_483_647;

/** What a refresh token says; nothing of it is proven until `verify`. */
export interface RefreshTokenParts {
  sid: string;
  counter: number;
  mac: string;
}

/** What the session's row holds of its tokens' key. */
export interface RefreshTokenKey {
  salt: Uint8Array;
  /** Which of the server's secrets the key of the token in force derives from. */
  kid: string;
}

export interface RefreshTokens {
  /** Name of the secret that new sessions, and the successors of tokens, are to use. */
  readonly currentKid: string;
  /**
   * The same arguments give the same token. Throws when the server has no secret of that name any
   * more.
   */
  issue(token: RefreshTokenKey & { sid: string; counter: number }): string;
  /** @returns null for anything that no refresh token looks like */
  parse(token: string): RefreshTokenParts | null;
  /**
   * Did we issue it? Compared in constant time; false too when the secret has been retired.
   * `counter` is that of the token in force: one before it may have been issued under any secret
   * that the server still has, since sessions move on to the current one.
   */
  verify(token: RefreshTokenParts, key: RefreshTokenKey & { counter: number }): boolean;
}

/**
 * Refresh tokens `sid.counter.HMAC`, keyed by HKDF (RFC 5869) over the server's secret, the
 * session's id and the salt in its row: a stolen database alone mints nothing, and a successor can
 * be computed again instead of being stored.
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
      // The texts are compared, not what they decode to: base64url lets several texts mean the same
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
