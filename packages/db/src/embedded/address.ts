import { addressOf, appName, readPassword } from './credentials.js';
import { findCluster, homeOf } from './location.js';
import { readPostmaster } from './postmaster.js';

/** Stands for the embedded database while it is down. */
const placeholder = `postgresql://${appName}@embedded/${appName}`;

function runningAddress(dataDir: string): string | null {
  const location = findCluster(dataDir);
  const postmaster = location && readPostmaster(location);
  const password = location && readPassword(location.home);
  if (!postmaster?.alive || postmaster.port === 0 || !password) return null;
  return addressOf({ port: postmaster.port, password });
}

/**
 * The address of the embedded database of `dataDir` if it runs, else a placeholder: at the
 * remembered port another database may answer by now. Makes and starts nothing, and never throws:
 * commands that need no database work without one.
 */
export function embeddedAddress(dataDir: string): string {
  try {
    return runningAddress(dataDir) ?? placeholder;
  } catch {
    return placeholder; // The error comes up when the database is opened.
  }
}

/** True if `url` means the embedded database of `dataDir`, at whatever port. */
export function isEmbeddedAddress(url: string, dataDir: string): boolean {
  if (url === placeholder) return true;
  const stored = readPassword(homeOf(dataDir));
  if (!URL.canParse(url) || stored === null) return false;
  const { hostname, password } = new URL(url);
  return hostname === '127.0.0.1' && password === stored;
}
