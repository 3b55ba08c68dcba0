import { isIP } from 'node:net';

/**
 * First segments of the service's own paths. A prefix equal to one would be ambiguous after a proxy
 * removed it.
 */
const ownPaths: ReadonlySet<string> = new Set([
  'api',
  'assets',
  'client.tgz',
  'docs',
  'healthz',
  'invite',
  'metrics',
  'readyz',
  'redoc',
  'reset',
  'trpc',
  'verify',
]);

/**
 * Segments that need no escaping in a URL, a cookie's `Path`, a header or a proxy's configuration.
 */
const plainName = /^[A-Za-z0-9._~-]+$/;

/** Returns the path segments as written: `new URL` would resolve `..`, even if escaped. */
function writtenPath(url: string): string[] {
  const afterScheme = url.slice(url.indexOf('://') + 3);
  const names = afterScheme.split('/').slice(1);
  while (names.at(-1) === '') names.pop();
  return names;
}

/** Returns why an http(s) URL cannot be `PUBLIC_URL`; undefined if it can. */
export function publicUrlFault(url: string): string | undefined {
  const { protocol, username, password } = new URL(url);
  // `new URL` also accepts one slash, none, or backslashes.
  if (!url.toLowerCase().startsWith(`${protocol}//`) || url.includes('\\'))
    return 'must begin with http:// or https:// and hold no backslash';
  if (username !== '' || password !== '') return 'must not hold a user name or password';
  if (/[?#]/.test(url)) return 'must have neither a query nor a fragment';
  const names = writtenPath(url);
  if (names.some((name) => name === '.' || name === '..' || !plainName.test(name)))
    return 'must have a path of letters, digits and "-", ".", "_", "~" only, without "." or ".." as a part';
  const [first = ''] = names;
  if (ownPaths.has(first))
    return `must not begin with /${first}, a path of Synap itself: choose another prefix, such as /synap`;
  return undefined;
}

/** Removes trailing slashes of a valid `PUBLIC_URL`, and writes its origin as browsers do. */
export function normalizePublicUrl(url: string): string {
  return [new URL(url).origin, ...writtenPath(url)].join('/');
}

/**
 * Returns the path of `PUBLIC_URL`, such as `/synap`; empty without one. A proxy serves everything
 * below it.
 */
export function basePathOf({ publicUrl }: { publicUrl: string | undefined }): string {
  const { pathname } = publicUrl === undefined ? { pathname: '/' } : new URL(publicUrl);
  return pathname === '/' ? '' : pathname;
}

interface PublicAddress {
  publicUrl: string | undefined;
  host: string;
  port: number;
}

/**
 * Public URL of the service, without a trailing slash. Never derived from the `Host` header.
 *
 * @param listening Port in use, which differs from `port` if that is 0.
 */
export function originOf({ publicUrl, host, port }: PublicAddress, listening = port): string {
  if (publicUrl) return publicUrl;
  const everywhere = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
  return `http://${everywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host}:${listening}`;
}
