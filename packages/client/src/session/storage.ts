import { SynapError } from '../errors/synap-error.js';

type MaybePromise<T> = T | Promise<T>;

/**
 * Keeps the refresh token between runs of a program; the access token is only ever in memory.
 * Whoever reads the token can act as its owner: a file must be 0600, and a page must not keep it
 * where scripts can read it (`localStorage`).
 */
export interface TokenStorage {
  /**
   * Set it where several clients – tabs, workers – read and write the same token: those with equal
   * `url` and `name` share one session, one refresh (by Web Locks, where there are any) and one
   * sign-out.
   */
  readonly name?: string;
  /** The token kept last; nothing after `clear`. */
  read(): MaybePromise<string | null | undefined>;
  write(refreshToken: string): MaybePromise<void>;
  clear(): MaybePromise<void>;
}

/** Forgets with the process: the default. */
export function memoryStorage(refreshToken?: string): TokenStorage {
  let kept = refreshToken;
  return {
    read: () => kept,
    write(token) {
      kept = token;
    },
    clear() {
      kept = undefined;
    },
  };
}

/**
 * Stands for the browser's cookie, which no script can read: whether it is there only the server
 * can tell.
 */
export const cookieStorage: TokenStorage = { read: () => 'cookie', write() {}, clear() {} };

/** As `storage`; its faults are reported as the client's own errors. */
export function guardedStorage(storage: TokenStorage): TokenStorage {
  const guard = async <T>(run: () => MaybePromise<T>): Promise<T> => {
    try {
      return await run();
    } catch (cause) {
      throw new SynapError('unexpected', 'The token storage failed: see `cause`.', { cause });
    }
  };
  return {
    name: storage.name,
    read: () => guard(() => storage.read()),
    write: (refreshToken) => guard(() => storage.write(refreshToken)),
    clear: () => guard(() => storage.clear()),
  };
}
