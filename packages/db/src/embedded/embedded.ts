import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../thrown.js';
import { locateCluster } from './locate.js';
import { describeLocation } from './location.js';
import { type OpenCluster, openCluster } from './open.js';
import { stopPostmaster } from './postmaster.js';
import { isPostmasterOf } from './processes.js';

export interface EmbeddedPostgresOptions {
  /**
   * The data folder (`SYNAP_DATA_DIR`). PostgreSQL's files are stored in its subfolder `postgres`.
   */
  dataDir: string;
  /** Preferred port. @default the last port, or any free one */
  port?: number;
  /** False disables fsync; for tests only. @default true */
  durable?: boolean;
  /** Called with progress messages. */
  log?: (message: string) => void;
  /** Called when PostgreSQL stops unexpectedly. It is restarted at once, at the same address. */
  onDown?: () => void;
  /** Called when PostgreSQL has been restarted. */
  onUp?: () => void;
}

export interface EmbeddedPostgres {
  /** Address, with the application's role and password. */
  url: string;
  port: number;
  /** Process id of PostgreSQL. Changes when it is restarted. */
  readonly pid: number;
  /** The folder of PostgreSQL's files. */
  folder: string;
  /** Stops PostgreSQL. All committed data are on disk when it resolves. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of a data folder, and creates it if needed. This process is its
 * leader until `stop()`. Adopts a PostgreSQL that a killed process left running.
 *
 * @throws DataInUseError if another process is the leader
 */
export async function startEmbeddedPostgres({
  dataDir,
  port,
  durable = true,
  log = () => {},
  onDown,
  onUp,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const location = locateCluster(dataDir, log);
  log(describeLocation(location));
  const options = { role: 'leader', durable, log, notify: log } as const;
  let open = await openCluster(location, { ...options, preferredPort: port, create: true });
  let stopping = false;
  const abort = new AbortController();

  const stopOnExit = () => {
    if (isPostmasterOf(open.pid, location.pgData)) process.kill(open.pid, 'SIGINT');
  };
  // Stops PostgreSQL even if the process ends without `stop()` (uncaught error, `process.exit`).
  process.once('exit', stopOnExit);

  async function reopen(): Promise<OpenCluster | null> {
    for (let wait = 0; !stopping; wait = Math.min(5_000, wait * 2 || 100)) {
      await delay(wait, undefined, { signal: abort.signal }).catch(() => undefined);
      if (stopping) return null;
      try {
        const again = await openCluster(location, { ...options, port: open.port, create: false });
        if (!stopping) return again;
        await stopPostmaster(location, again.pid);
        await again.lease.release();
      } catch (error) {
        log(`PostgreSQL could not be restarted: ${messageOf(error)}`);
      }
    }
    return null;
  }

  async function watch(): Promise<void> {
    for (;;) {
      await open.lease.ended;
      if (stopping) return;
      log('PostgreSQL stopped unexpectedly; restarting …');
      onDown?.();
      const again = await reopen();
      if (!again) return;
      open = again;
      onUp?.();
    }
  }
  const watching = watch();

  return {
    url: open.url,
    port: open.port,
    get pid() {
      return open.pid;
    },
    folder: location.base,
    async stop() {
      if (stopping) return watching;
      stopping = true;
      abort.abort();
      process.removeListener('exit', stopOnExit);
      await stopPostmaster(location, open.pid);
      await open.lease.release();
      await watching;
    },
  };
}
