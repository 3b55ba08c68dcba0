import { randomBytes } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';
import { createSemaphore, type SemaphoreOptions } from './semaphore.js';

/** Minimum cost of argon2id (OWASP ASVS 5.0, appendix "Password hashing"). */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const livePrefix = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$`;

export interface PasswordVerdict {
  ok: boolean;
  /**
   * True if the password is correct but its hash uses an older or cheaper scheme. Hash it again.
   */
  needsRehash: boolean;
}

/**
 * Every method throws or rejects with `HasherBusy` if too many passwords are already being checked.
 */
export interface PasswordHasher {
  /**
   * @param like a hash whose salt is reused if it has the current scheme. The result then equals
   * `like` if, and only if, the passwords are equal.
   * @returns a PHC string of argon2id
   */
  hash(password: string, like?: string): Promise<string>;
  /**
   * Verifies argon2 and bcrypt hashes. An unknown hash never matches, at the cost of a real check.
   */
  verify(hash: string, password: string): Promise<PasswordVerdict>;
  /** Costs as much as `verify`. For unknown accounts, so that timing does not reveal them. */
  verifyDummy(password: string): Promise<void>;
  /** Throws if the hasher is busy. Call it before other work that a flood must not cause. */
  admit(): void;
}

/**
 * Treats equal characters typed on different systems as equal (RFC 8265 §4.2.2). NFC only: the
 * compatibility forms would make "²" equal to "2", and a password must be used as received (ASVS
 * 5.0, 6.2.8).
 */
const normalize = (password: string) => password.normalize('NFC');

/** Creates a hash that no password matches, because its digest is random. */
export function unusableHash(): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `${livePrefix}${part(16)}$${part(32)}`;
}

function saltOf(hash: string): { salt?: Uint8Array } {
  if (!hash.startsWith(livePrefix)) return {};
  return { salt: Buffer.from(hash.slice(livePrefix.length).split('$')[0] ?? '', 'base64') };
}

/**
 * Hashes and verifies passwords off the main thread, with limited concurrency. A login flood must
 * not slow down other requests.
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
