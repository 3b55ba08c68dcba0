import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@synap/contracts';
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
import { databaseReason } from '../observability/database-reason.js';
import { type DatabaseReadiness, notMigrated, readOnly } from './database-readiness.js';

export interface DatabaseBootstrapDeps {
  /** Address with exclusive sessions. */
  directUrl: string;
  /** The address that calls use. */
  url: string;
  pooler: Pooler;
  database: Database;
  readiness: DatabaseReadiness;
  migrate: boolean;
  log: Logger;
  /** Prints one line to the operator. */
  print: (line: string) => void;
  /**
   * Called when the database is ready, and again after a failure. `stop` aborts the signal: then
   * nothing must be started.
   */
  onReady: (stopping: AbortSignal) => Promise<void>;
}

const databaseAdvice =
  'Check that PostgreSQL runs, and DATABASE_URL if it is set. Trying again until it works …';

/** Milliseconds between two attempts while the database is not ready. */
const interval = 2000;

/** Thrown for wrong settings, which waiting cannot fix; the process exits. */
class StartError extends Error {
  override name = 'StartError';
}

export interface DatabaseBootstrap {
  /**
   * Resolves when the database is ready; never if stopped before. Rejects if these settings can
   * never work.
   */
  start(): Promise<void>;
  /** Makes no further attempt. */
  stop(): void;
  /** Stops, and waits for an attempt in progress. */
  close(): Promise<void>;
}

/** Waits for the database, and migrates it if configured. */
export function createDatabaseBootstrap(deps: DatabaseBootstrapDeps): DatabaseBootstrap {
  const { url, directUrl, database, readiness, migrate, log, print, onReady } = deps;
  const stopping = new AbortController();
  let running = Promise.resolve();
  let isPrepared = false;
  const printOnce = withoutRepetition(print);

  /** @returns true once the database is ready; false if stopped */
  async function attempt(): Promise<boolean> {
    await assertPoolers(deps);
    if (!(await database.isWritable())) {
      printOnce(`${readOnly}. Trying again until it is writable …`);
      return false;
    }
    if (migrate) await migrateDeploy(directUrl, migrationsFolder, { log: print });
    const { state: migrations, unknown } = await migrationStatus(database.pool, migrationsFolder);
    if (unknown.length > 0) printOnce(newerAdvice(unknown));
    if (migrations !== 'current') {
      readiness.setUnprepared(notMigrated);
      printOnce(`${notMigrated} – until then every call that needs it fails with 503.`);
      return false;
    }
    if (await hasUnfinishedRestore(database.pool, url)) {
      readiness.setUnprepared(unfinishedRestore);
      printOnce(`${unfinishedRestore}. Trying again until it is complete …`);
      return false;
    }
    if (!isPrepared) readiness.setUnprepared(notMigrated);
    await migrateJobQueue(directUrl);
    isPrepared = true;
    readiness.setPrepared();
    await readiness.refresh();
    if (stopping.signal.aborted) return false;
    await onReady(stopping.signal);
    return !stopping.signal.aborted;
  }

  /** Prints why an attempt failed. Throws if waiting cannot fix it. */
  function handleFailure(error: unknown): void {
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

  async function run(onDone: () => void): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (await attempt()) return onDone();
      } catch (error) {
        handleFailure(error);
      }
      await delay(interval, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      const ready = new Promise<void>((resolve, reject) => {
        running = run(resolve).catch((error: unknown) => {
          readiness.setUnprepared('The start has failed');
          reject(error);
        });
      });
      // Prevents an unhandled rejection if no caller awaits it.
      ready.catch(() => undefined);
      return ready;
    },
    stop: () => stopping.abort(),
    async close() {
      stopping.abort();
      await running;
    },
  };
}

async function assertPoolers({ url, directUrl, pooler }: DatabaseBootstrapDeps): Promise<void> {
  if (await isTransactionPooler(directUrl)) throw new StartError(poolerAdvice(url === directUrl));
  if (pooler !== 'transaction' && url !== directUrl && (await isTransactionPooler(url)))
    throw new StartError(
      'DATABASE_POOLER: must be "transaction", because the pooler of DATABASE_URL is in transaction mode',
    );
}

/** Prints a line only if it differs from the previous one; then returns true. */
function withoutRepetition(print: (line: string) => void): (line: string) => boolean {
  let lastLine = '';
  return (line) => {
    const isNew = line !== lastLine;
    if (isNew) print(line);
    lastLine = line;
    return isNew;
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
