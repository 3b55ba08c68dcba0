import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseState } from '@synap/contracts';
import { type Database, isUnavailable, migrateDeploy, migrationStatus } from '@synap/db';
import { runMigrations as migrateJobQueue } from 'graphile-worker';
import type { Logger } from 'pino';
import { migrationsFolder } from './paths.js';

export interface BringUpDeps {
  url: string;
  database: Database;
  migrate: boolean;
  log: Logger;
  /** A line for whoever watches the start. */
  report: (line: string) => void;
  /** Called once, when the database can be used for the first time. */
  onReady: () => Promise<void>;
}

const unmigrated = 'Database is not migrated: run "npx prisma migrate deploy"';

/** Milliseconds between two looks at a database that is not ready. */
const interval = 2000;

/** Waits for the database, migrates it where that is wanted, and knows from then on how it stands. */
export function createBringUp({ url, database, migrate, log, report, onReady }: BringUpDeps) {
  const stop = new AbortController();
  let state: DatabaseState = 'unavailable';
  let queueIsThere = false;
  let told = '';
  const tell = (line: string) => {
    if (line !== told) report(line);
    told = line;
  };

  /** @returns whether the database can be used */
  async function attempt(): Promise<boolean> {
    if (migrate) await migrateDeploy(url, migrationsFolder, { log: report });
    const { state: migrations } = await migrationStatus(database.pool, migrationsFolder);
    if (migrations !== 'current') {
      state = 'unmigrated';
      tell(`${unmigrated} – until then every call that needs it is answered with 503.`);
      return false;
    }
    // The queue's tables are the library's own, in a schema of their own: it alone brings them up to date.
    if (!queueIsThere) state = 'unmigrated';
    await migrateJobQueue({ connectionString: url });
    queueIsThere = true;
    await look();
    await onReady();
    return true;
  }

  /** Asks the database how it stands. */
  async function look(): Promise<DatabaseState> {
    try {
      const { state: migrations } = await migrationStatus(database.pool, migrationsFolder);
      state = migrations === 'current' && queueIsThere ? 'ready' : 'unmigrated';
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      state = 'unavailable';
    }
    return state;
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        if (await attempt()) return;
      } catch (error) {
        if (!isUnavailable(error)) {
          log.error({ err: error }, 'the database could not be brought up');
          tell(`The database could not be brought up: ${error instanceof Error ? error.message : String(error)}`);
        } else tell('The database cannot be reached; trying again until it can …');
      }
      await delay(interval, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  /** As `look`, within a second. */
  const probe = (): Promise<DatabaseState> => Promise.race([look(), delay<DatabaseState>(1000, 'unavailable', { ref: false })]);

  return {
    run,
    state: () => state,
    probe,
    /** Why the service is not ready; undefined when it is. */
    async hindrance(): Promise<string | undefined> {
      const found = await probe();
      if (found === 'ready') return undefined;
      return found === 'unmigrated' ? unmigrated : 'The database cannot be reached';
    },
    stop: () => stop.abort(),
  };
}
