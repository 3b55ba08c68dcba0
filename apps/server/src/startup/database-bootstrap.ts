import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type DatabaseState } from '@synap/contracts';
import {
  type Database,
  hasUnfinishedRestore,
  isTransactionPooler,
  isUnavailable,
  MissingRightError,
  migrateDeploy,
  migrationStatus,
  type Pooler,
  SessionSettingsError,
  unfinishedRestore,
} from '@synap/db';
import type { Logger } from 'pino';
import { migrateJobQueue } from '../background/job-queue.js';
import { migrationsFolder } from '../config/paths.js';
import { databaseReason } from './database-reason.js';

export interface DatabaseBootstrapDeps {
  /** Address with exclusive sessions. */
  directUrl: string;
  /** The address that calls use. */
  url: string;
  pooler: Pooler;
  database: Database;
  migrate: boolean;
  log: Logger;
  /** Prints one line to the operator. */
  print: (line: string) => void;
  /** Called once, when the database is ready for the first time. */
  onReady: () => Promise<void>;
}

const unmigrated = 'Database is not migrated: run "npx prisma migrate deploy"';
const databaseAdvice =
  'Check that PostgreSQL runs, and DATABASE_URL if it is set. Trying again until it works …';
const readOnly = 'The database is read-only at present';

/** Milliseconds between two attempts while the database is not ready. */
const interval = 2000;

/** Thrown for wrong settings, which waiting cannot fix; the process exits. */
class StartError extends Error {
  override name = 'StartError';
}
/** Milliseconds for which probes share one check of the database. */
const stateTtlMs = 500;

/** Waits for the database, migrates it if configured, and reports its state from then on. */
export function createDatabaseBootstrap(deps: DatabaseBootstrapDeps) {
  const { url, directUrl, database, migrate, log, print, onReady } = deps;
  const stop = new AbortController();
  let state: DatabaseState = 'unavailable';
  let isReadOnly = false;
  let isHalfRestored = false;
  let queueIsMigrated = false;
  let lastLine = '';
  /** @returns true if the line differs from the previous one */
  const printOnce = (line: string): boolean => {
    const isNew = line !== lastLine;
    if (isNew) print(line);
    lastLine = line;
    return isNew;
  };

  async function assertPoolers(): Promise<void> {
    if (await isTransactionPooler(directUrl)) throw new StartError(poolerAdvice(url === directUrl));
    if (deps.pooler !== 'transaction' && url !== directUrl && (await isTransactionPooler(url)))
      throw new StartError(
        'DATABASE_POOLER: must be "transaction", because the pooler of DATABASE_URL is in transaction mode',
      );
  }

  /** @returns true once the database is ready */
  async function attempt(): Promise<boolean> {
    await assertPoolers();
    if (!(await database.isWritable())) {
      printOnce(`${readOnly}. Trying again until it is writable …`);
      return false;
    }
    if (migrate) await migrateDeploy(directUrl, migrationsFolder, { log: print });
    const { state: migrations, unknown } = await migrationStatus(database.pool, migrationsFolder);
    if (unknown.length > 0) printOnce(newerAdvice(unknown));
    if (migrations !== 'current') {
      state = 'unmigrated';
      printOnce(`${unmigrated} – until then every call that needs it fails with 503.`);
      return false;
    }
    if (!queueIsMigrated) state = 'unmigrated';
    isHalfRestored = await hasUnfinishedRestore(database.pool, url);
    if (isHalfRestored) {
      printOnce(`${unfinishedRestore}. Trying again until it is complete …`);
      return false;
    }
    await migrateJobQueue(directUrl);
    queueIsMigrated = true;
    await refreshState();
    await onReady();
    return true;
  }

  /** Queries the state of the database. */
  async function refreshState(): Promise<DatabaseState> {
    try {
      isReadOnly = !(await database.isWritable());
      const { state: migrations } = await migrationStatus(database.pool, migrationsFolder);
      state = migrations === 'current' && queueIsMigrated ? 'ready' : 'unmigrated';
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      isReadOnly = false;
      state = 'unavailable';
    }
    return state;
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        if (await attempt()) return;
      } catch (error) {
        // Waiting fixes none of these.
        if (error instanceof SessionSettingsError)
          throw new StartError(`DATABASE_URL: ${error.message}`, { cause: error });
        if (error instanceof StartError || error instanceof AppError) throw error;
        if (isUnavailable(error))
          printOnce(`The database cannot be used: ${databaseReason(error)}. ${databaseAdvice}`);
        else if (error instanceof MissingRightError)
          printOnce(`${error.message}. Trying again until it is granted …`);
        else if (printOnce(`The database could not be prepared: ${databaseReason(error)}`))
          log.error({ err: error }, 'the database could not be prepared');
      }
      await delay(interval, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const sharedRefresh = singleFlight(refreshState, stateTtlMs);

  /** Like `refreshState`, but within one second; concurrent callers share one query. */
  const checkReadiness = (): Promise<DatabaseState> =>
    Promise.race([
      sharedRefresh().then(() => state),
      delay<DatabaseState>(1000, 'unavailable', { ref: false }),
    ]);

  return {
    run,
    state: () => state,
    checkReadiness,
    /** Returns why the service is not ready; undefined if it is. */
    async notReadyReason(): Promise<string | undefined> {
      const found = await checkReadiness();
      if (found === 'unmigrated' && isHalfRestored) return unfinishedRestore;
      if (found === 'unmigrated') return unmigrated;
      if (found === 'unavailable') return 'The database cannot be reached';
      return isReadOnly ? readOnly : undefined;
    },
    stop: () => stop.abort(),
  };
}

function newerAdvice(unknown: readonly string[]): string {
  return `The database has migrations that this version does not know (${unknown.join(', ')}): a newer Synap ran on it. Run that version or a later one.`;
}

/** @param isOnly True if calls and sessions use the same address. */
export function poolerAdvice(isOnly: boolean): string {
  const direct = 'the address of PostgreSQL itself, or of a pooler in session mode';
  return isOnly
    ? `DATABASE_URL: points to a pooler in transaction mode. Set DATABASE_POOLER=transaction, and DATABASE_DIRECT_URL to ${direct}`
    : `DATABASE_DIRECT_URL: points to a pooler in transaction mode. It must be ${direct}`;
}

/**
 * Shares the result among calls that overlap or come within `ttlMs` after it. Failures are not
 * cached.
 */
function singleFlight<T>(load: () => Promise<T>, ttlMs: number): () => Promise<T> {
  let loading: Promise<T> | undefined;
  const clear = () => {
    loading = undefined;
  };
  return () => {
    if (loading === undefined) {
      loading = load();
      loading.then(() => setTimeout(clear, ttlMs).unref(), clear);
    }
    return loading;
  };
}
