/**
 * First names of paths that the service has itself: after a proxy removed the prefix, both would
 * look the same.
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
 * Names that read the same in a URL, a cookie's `Path`, a header and the configuration of a proxy.
 */
const plainName = /^[A-Za-z0-9._~-]+$/;

/**
 * The path of an http(s) URL as it is written: `new URL` would resolve `..`, also an escaped one.
 */
function writtenPath(url: string): string[] {
  const afterScheme = url.slice(url.indexOf('://') + 3);
  const names = afterScheme.split('/').slice(1);
  while (names.at(-1) === '') names.pop();
  return names;
}

/** Says why an http(s) URL cannot be `PUBLIC_URL`; undefined if it can. */
export function publicUrlFault(url: string): string | undefined {
  const { protocol, username, password } = new URL(url);
  // `new URL` also takes one slash, none, or backslashes for them.
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

/** A valid `PUBLIC_URL` without a slash at its end, with the origin as browsers write it. */
export function normalizePublicUrl(url: string): string {
  return [new URL(url).origin, ...writtenPath(url)].join('/');
}

/**
 * Path of `PUBLIC_URL`, such as `/synap`, below which a proxy serves everything; empty without one.
 */
export function basePathOf({ publicUrl }: { publicUrl: string | undefined }): string {
  const { pathname } = publicUrl === undefined ? { pathname: '/' } : new URL(publicUrl);
  return pathname === '/' ? '' : pathname;
}
