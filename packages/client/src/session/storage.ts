import { SynapError } from '../errors/synap-error.js';

type MaybePromise<T> = T | Promise<T>;

/**
 * Stores the refresh token between runs of a program. The access token stays in memory. Anyone who
 * reads the token can act as its user: a file needs mode 0600, and a page must not store it in
 * `localStorage`.
 *
 * @example
 * ```ts
 * const storage: TokenStorage = {
 *   read: () => readFile(file, 'utf8').catch(() => undefined),
 *   write: (refreshToken) => writeFile(file, refreshToken, { mode: 0o600 }),
 *   clear: () => rm(file, { force: true }),
 * };
 * ```
 */
export interface TokenStorage {
  /**
   * Set it if several clients (tabs, workers) use the same token. Clients with equal `url` and
   * `name` share one session, one refresh (with Web Locks, if available) and one sign-out.
   */
  readonly name?: string;
  /** Returns the last written token; undefined or null after `clear`. */
  read(): MaybePromise<string | null | undefined>;
  /** Replaces the token. */
  write(refreshToken: string): MaybePromise<void>;
  /** Removes the token; succeeds if there is none. */
  clear(): MaybePromise<void>;
}

/**
 * Stores the refresh token in memory until the process ends; the default of `createClient`.
 *
 * @example
 * ```ts
 * const client = createClient({ url, storage: memoryStorage(refreshToken) });
 * ```
 */
export function memoryStorage(refreshToken?: string): TokenStorage {
  let stored = refreshToken;
  return {
    read: () => stored,
    write(token) {
      stored = token;
    },
    clear() {
      stored = undefined;
    },
  };
}

/** Stands for the browser's cookie. Only the server can tell if it exists. */
export const cookieStorage: TokenStorage = { read: () => 'cookie', write() {}, clear() {} };

/** Wraps `storage`: its failures reject with a `SynapError`. */
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
