import { locateCluster } from './location.js';
import { letGo, openCluster } from './open.js';

export interface EnsureDatabaseOptions {
  /** The data folder of the embedded database. */
  dataDir: string;
  /** `DATABASE_URL`: when set it is used as it is. */
  databaseUrl?: string;
  /** False turns fsync off: for tests only. */
  durable?: boolean;
  /**
   * Receives each step worth a line. Without it only changes of permissions are reported, as
   * warnings of the process.
   */
  log?: (message: string) => void;
}

export interface EnsuredDatabase {
  url: string;
  /** The folder of the embedded database (PGDATA); `null` for the operator's database. */
  folder: string | null;
  /** Ends our use. An embedded PostgreSQL that nobody else uses is stopped. */
  release(): Promise<void>;
  /** Ends our use, and leaves an embedded PostgreSQL running for whoever comes next. */
  detach(): Promise<void>;
}

const warn = (message: string) => process.emitWarning(message);

/**
 * A database for a short-lived program: the operator's, or the embedded one – that of a running
 * server, or started for this use and stopped after it.
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
  const options = { role: 'guest', durable, create: true, log: log ?? (() => {}), notify } as const;
  const { pid, url, lease } = await openCluster(location, options);
  let released = false;
  return {
    url,
    folder: location.pgData,
    async release() {
      if (released) return;
      released = true;
      await letGo(location, pid, lease);
    },
    async detach() {
      released = true;
      await lease.release();
    },
  };
}
