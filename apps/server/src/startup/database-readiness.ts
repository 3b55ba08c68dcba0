import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseState } from '@synap/contracts';
import { type Database, isUnavailable, migrationStatus } from '@synap/db';
import { migrationsFolder } from '../config/paths.js';

export const notMigrated = 'Database is not migrated: run "npx prisma migrate deploy"';
export const readOnly = 'The database is read-only at present';

/** Milliseconds for which probes share one check of the database. */
const stateTtlMs = 500;

/** Reports the state of the database; the bootstrap reports its progress to it. */
export function createDatabaseReadiness(database: Database) {
  let state: DatabaseState = 'unavailable';
  let isReadOnly = false;
  let isPrepared = false;
  let unpreparedReason = notMigrated;

  async function refresh(): Promise<DatabaseState> {
    try {
      isReadOnly = !(await database.isWritable());
      const { state: migrations } = await migrationStatus(database.pool, migrationsFolder);
      state = migrations === 'current' && isPrepared ? 'ready' : 'unmigrated';
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      isReadOnly = false;
      state = 'unavailable';
    }
    return state;
  }

  const sharedRefresh = singleFlight(refresh, stateTtlMs);

  const check = (): Promise<DatabaseState> =>
    Promise.race([
      sharedRefresh().then(() => state),
      delay<DatabaseState>(1000, 'unavailable', { ref: false }),
    ]);

  return {
    /** Returns the last known state, without a query. */
    state: () => state,
    /** Queries the state. */
    refresh,
    /** Like `refresh`, but within one second; concurrent callers share one query. */
    check,
    /** Returns why the service is not ready; undefined if it is. */
    async notReadyReason(): Promise<string | undefined> {
      const found = await check();
      if (found === 'unmigrated') return unpreparedReason;
      if (found === 'unavailable') return 'The database cannot be reached';
      return isReadOnly ? readOnly : undefined;
    },
    /** True once the bootstrap has prepared the database, even if it is unavailable at present. */
    isPrepared: () => isPrepared,
    /** Records that the database can be reached but not yet used. */
    setUnprepared(reason: string): void {
      isPrepared = false;
      state = 'unmigrated';
      unpreparedReason = reason;
    },
    /** Records that the bootstrap has prepared the database; `refresh` then finds it ready. */
    setPrepared(): void {
      isPrepared = true;
      unpreparedReason = notMigrated;
    },
  };
}

export type DatabaseReadiness = ReturnType<typeof createDatabaseReadiness>;

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
