import type { Fetch } from './call/transport.js';
import type { SynapError } from './errors/synap-error.js';
import type { SessionTokens } from './session/access-token.js';
import type { SessionStoreOptions } from './session/session-store.js';
import {
  cookieStorage,
  guardedStorage,
  memoryStorage,
  type TokenStorage,
} from './session/storage.js';

type HeadersSource =
  | Record<string, string>
  | (() => Record<string, string> | Promise<Record<string, string>>);

/**
 * Options of `createClient`.
 *
 * @example
 * ```ts
 * const options: ClientOptions = { url: 'https://synap.example.org', auth: { apiKey } };
 * ```
 */
export interface ClientOptions {
  /**
   * The server's `PUBLIC_URL`: `https://synap.example.org`, or with a path,
   * `https://example.org/synap`.
   */
  url: string | URL;
  /**
   * An API key, or the tokens of an existing session.
   * @default signed out
   */
  auth?: { apiKey: string } | SessionTokens;
  /**
   * Stores the refresh token.
   * @default memoryStorage()
   */
  storage?: TokenStorage;
  /**
   * Browsers only: stores the refresh token in a cookie that scripts cannot read. The page must
   * have the server's origin or one of its `CORS_ORIGINS`. Excludes `auth` and `storage`. After a
   * reload `$session.ready()` restores the session.
   * @default the refresh token is in `storage`
   */
  session?: 'cookie';
  /** Called once if the server ended the session, never by `signOut`: ask the user to sign in. */
  onSessionEnd?: (error: SynapError<'session_ended'>) => void;
  /**
   * Number of retries of a query when the server cannot be reached or is unavailable.
   * @default 2
   */
  retries?: number;
  /**
   * Additional request headers, or a function that returns them for each request.
   * @default {}
   */
  headers?: HeadersSource;
  /**
   * Replaces the global `fetch`.
   * @default globalThis.fetch
   */
  fetch?: Fetch;
}

const defaultRetries = 2;

export function resolveOptions(options: ClientOptions) {
  const base = readBase(options.url);
  const { auth, headers = {}, retries = defaultRetries, fetch, onSessionEnd } = options;
  if (!Number.isInteger(retries) || retries < 0)
    throw new TypeError('`retries` must be a whole number, 0 or more.');
  const apiKey = auth && 'apiKey' in auth ? auth.apiKey : undefined;
  const tokens = auth && 'refreshToken' in auth ? auth : undefined;
  if (auth && options.storage)
    throw new TypeError('Set `auth` or `storage`, not both: each supplies the session.');
  const cookie = options.session === 'cookie';
  if (cookie && (auth || options.storage))
    throw new TypeError(
      '`session: "cookie"` excludes `auth` and `storage`: the cookie is the session.',
    );
  return {
    ...base,
    apiKey,
    tokens,
    session: cookie ? cookieSession(base.rpcUrl) : resolveSession(base.rpcUrl, options.storage),
    headers: async () => (typeof headers === 'function' ? headers() : headers),
    retries,
    fetch,
    onSessionEnd,
  };
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

function readBase(url: string | URL) {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed?.username || parsed?.password)
    throw new TypeError('`url` must not hold credentials: sign in with `$session.signIn`.');
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash) {
    throw new TypeError(
      `\`url\` must be the address of a Synap server, such as "http://localhost:3000"; it is "${url}".`,
    );
  }
  const baseUrl = `${parsed.origin}${withoutTrailingSlashes(parsed.pathname)}`;
  return { baseUrl, rpcUrl: `${baseUrl}/trpc` };
}

const cookieSession = (rpcUrl: string): SessionStoreOptions => ({
  storage: cookieStorage,
  status: 'unknown',
  sharedName: `synap ${rpcUrl} cookie`,
  cookie: true,
});

function resolveSession(rpcUrl: string, storage: TokenStorage | undefined): SessionStoreOptions {
  if (!storage)
    return { storage: memoryStorage(), status: 'signed-out', sharedName: undefined, cookie: false };
  const sharedName = storage.name === undefined ? undefined : `synap ${rpcUrl} ${storage.name}`;
  return { storage: guardedStorage(storage), status: 'unknown', sharedName, cookie: false };
}
