import { locateCluster } from './location.js';
import { openCluster } from './open.js';
import { stopPostmaster } from './postmaster.js';

export interface EnsureDatabaseOptions {
  /** The data folder of the embedded database. */
  dataDir: string;
  /** `DATABASE_URL`: when set it is used as it is. */
  databaseUrl?: string;
  /** False turns fsync off: for tests only. */
  durable?: boolean;
  log?: (message: string) => void;
}

export interface EnsuredDatabase {
  url: string;
  /** Whether `url` is the embedded database of the data folder. */
  embedded: boolean;
  /** Ends our use. An embedded PostgreSQL that nobody else uses is stopped. */
  release(): Promise<void>;
  /** Ends our use, and leaves an embedded PostgreSQL running for whoever comes next. */
  detach(): Promise<void>;
}

/** A database for a short-lived program: the operator's, or the embedded one – that of a running server, or started for this use and stopped after it. */
export async function ensureDatabase({
  dataDir,
  databaseUrl,
  durable = true,
  log = () => {},
}: EnsureDatabaseOptions): Promise<EnsuredDatabase> {
  if (databaseUrl) return { url: databaseUrl, embedded: false, release: async () => {}, detach: async () => {} };
  const location = locateCluster(dataDir);
  const { pid, url, claim } = await openCluster(location, { role: 'guest', durable, create: true, log });
  let released = false;
  return {
    url,
    embedded: true,
    async release() {
      if (released) return;
      released = true;
      // Answers false too when the connection broke: then somebody else has stopped it.
      if (await claim.closeToOthers().catch(() => false)) await stopPostmaster(location, pid);
      await claim.release();
    },
    async detach() {
      released = true;
      await claim.release();
    },
  };
}
