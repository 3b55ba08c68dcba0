import { randomBytes } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';
import { createSemaphore, type SemaphoreOptions } from './semaphore.js';

/** OWASP ASVS 5.0, appendix "Password hashing": the least that argon2id may cost. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const livePrefix = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$`;

export interface PasswordVerdict {
  ok: boolean;
  /**
   * The password is right, but its hash is of an older scheme or cheaper than today's: hash it
   * anew.
   */
  needsRehash: boolean;
}

/**
 * Every method throws or rejects with `HasherBusy` when too many passwords are being checked
 * already.
 */
export interface PasswordHasher {
  /**
   * @param like a hash whose salt is taken, where it is of today's scheme: the result is equal if,
   *   and only if, the password is.
   * @returns a PHC string of argon2id
   */
  hash(password: string, like?: string): Promise<string>;
  /**
   * Knows argon2 and bcrypt hashes; anything else never matches and costs as much as one that does
   * not.
   */
  verify(hash: string, password: string): Promise<PasswordVerdict>;
  /**
   * Costs what `verify` costs: for accounts that do not exist, so that timing does not tell them
   * apart.
   */
  verifyDummy(password: string): Promise<void>;
  /** For those who have other work to do before, which a flood must not cause. */
  admit(): void;
}

/**
 * RFC 8265 §4.2.2: the same characters typed on another system are the same password. NFC folds
 * nothing else; the compatibility forms would make "²" equal to "2", and a password is to be taken
 * as it was received (ASVS 5.0, 6.2.8).
 */
const normalize = (password: string) => password.normalize('NFC');

/** A hash that no password has: its digest is random. */
export function unusableHash(): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `${livePrefix}${part(16)}$${part(32)}`;
}

function saltOf(hash: string): { salt?: Uint8Array } {
  if (!hash.startsWith(livePrefix)) return {};
  return { salt: Buffer.from(hash.slice(livePrefix.length).split('$')[0] ?? '', 'base64') };
}

/**
 * Hashes and verifies passwords off the main thread, only so many at once: a login flood must not
 * slow the rest.
 */
export function createPasswordHasher(limits: Partial<SemaphoreOptions> = {}): PasswordHasher {
  const { run, admit } = createSemaphore({
    concurrency: 2,
    queue: 32,
    waitMs: 2000,
    ...limits,
  });
  const nothing = unusableHash();

  async function matches(hash: string, password: string): Promise<boolean> {
    if (/^\$2[abxy]\$/.test(hash)) return bcrypt.verify(password, hash);
    if (hash.startsWith('$argon2')) return argon2.verify(hash, password);
    await argon2.verify(nothing, password);
    return false;
  }

  return {
    admit,
    hash: (password, like = '') =>
      run(() => argon2.hash(normalize(password), { ...parameters, ...saltOf(like) })),
    async verify(hash, password) {
      const ok = await run(() => matches(hash, normalize(password)));
      return { ok, needsRehash: ok && !hash.startsWith(livePrefix) };
    },
    async verifyDummy(password) {
      await run(() => argon2.verify(nothing, normalize(password)));
    },
  };
}
