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

export interface ClientOptions {
  /**
   * The server's `PUBLIC_URL`: `https://synap.example.org`, or with a path,
   * `https://example.org/synap`.
   */
  url: string | URL;
  /**
   * An API key to act by, or the tokens of a session to go on with; without it the client starts
   * signed out.
   */
  auth?: { apiKey: string } | SessionTokens;
  /** Where the refresh token is kept; in memory by default. */
  storage?: TokenStorage;
  /**
   * For pages in a browser: the refresh token is kept in a cookie that no script can read. The
   * page's origin must be the server's own or in its `CORS_ORIGINS`. After a reload
   * `$session.ready()` asks the server whether somebody is signed in.
   */
  session?: 'cookie';
  /**
   * Called once when the server has ended the session (never by `signOut`): time to sign in again.
   */
  onSessionEnd?: (error: SynapError<'session_ended'>) => void;
  /**
   * How often a query is tried again when the server cannot be reached or is unavailable; 2 by
   * default.
   */
  retries?: number;
  /** Further request headers. */
  headers?: HeadersSource;
  /** In place of the platform's own. */
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
    throw new TypeError(
      'Give `auth` or `storage`, not both: each says where the session comes from.',
    );
  const cookie = options.session === 'cookie';
  if (cookie && (auth || options.storage))
    throw new TypeError(
      'With `session: "cookie"` give neither `auth` nor `storage`: the cookie is the session.',
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
    throw new TypeError('`url` must not hold credentials: sign in by `$session.signIn`.');
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
