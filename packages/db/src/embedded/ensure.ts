import { locateCluster } from './locate.js';
import { openCluster, releaseCluster } from './open.js';

export interface EnsureDatabaseOptions {
  /** The data folder of the embedded database. */
  dataDir: string;
  /** `DATABASE_URL`; if set, it is used unchanged. */
  databaseUrl?: string;
  /** False disables fsync; for tests only. @default true */
  durable?: boolean;
  /**
   * Receives progress messages. Without it, only permission changes are reported, as process
   * warnings.
   */
  log?: (message: string) => void;
}

export interface EnsuredDatabase {
  url: string;
  /** The folder of the embedded database (PGDATA); `null` for the operator's database. */
  folder: string | null;
  /** Ends this use. Stops an embedded PostgreSQL if no other process uses it. */
  release(): Promise<void>;
  /** Ends this use, and leaves an embedded PostgreSQL running for the next process. */
  detach(): Promise<void>;
}

const warn = (message: string) => process.emitWarning(message);

/**
 * Provides a database for a short-lived program: the operator's, that of a running server, or an
 * embedded one started for this use.
 */
export async function ensureDatabase({
  dataDir,
  databaseUrl,
  durable = true,
  log,
}: EnsureDatabaseOptions): Promise<EnsuredDatabase> {
  if (databaseUrl)
    return { url: databaseUrl, folder: null, release: async () => {}, detach: async () => {} };
  const notify = log ?? warn;
  const location = locateCluster(dataDir, notify);
  const options = {
    role: 'follower',
    durable,
    create: true,
    log: log ?? (() => {}),
    notify,
  } as const;
  const { pid, url, lease } = await openCluster(location, options);
  let released = false;
  return {
    url,
    folder: location.pgData,
    async release() {
      if (released) return;
      released = true;
      await releaseCluster(location, pid, lease);
    },
    async detach() {
      released = true;
      await lease.release();
    },
  };
}
