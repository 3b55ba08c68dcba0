import { addressOf, appName, readPassword } from './credentials.js';
import { findCluster } from './locate.js';
import { homeOf } from './location.js';
import { readPostmaster } from './postmaster-file.js';

/** Address used while the embedded database is stopped. */
const placeholder = `postgresql://${appName}@embedded/${appName}`;

function runningAddress(dataDir: string): string | null {
  const location = findCluster(dataDir);
  const postmaster = location && readPostmaster(location);
  const password = location && readPassword(location.home);
  if (!postmaster?.alive || postmaster.port === 0 || !password) return null;
  return addressOf({ port: postmaster.port, password });
}

/**
 * Returns the address of the running embedded database of `dataDir`, else a placeholder. Does not
 * guess the remembered port, which another database may use by now. Creates and starts nothing, and
 * never throws, so that commands without a database work.
 */
export function embeddedAddress(dataDir: string): string {
  try {
    return runningAddress(dataDir) ?? placeholder;
  } catch {
    return placeholder; // Opening the database reports the error.
  }
}

/** True if `url` is the embedded database of `dataDir`, on any port. */
export function isEmbeddedAddress(url: string, dataDir: string): boolean {
  if (url === placeholder) return true;
  const stored = readPassword(homeOf(dataDir));
  if (!URL.canParse(url) || stored === null) return false;
  const { hostname, password } = new URL(url);
  return hostname === '127.0.0.1' && password === stored;
}
