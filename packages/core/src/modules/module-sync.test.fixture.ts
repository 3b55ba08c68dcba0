import { createDatabase } from '@synap/db';
import type { ModuleEvent, ModuleInfo, SyncRequest } from '@synap/module-runtime';
import { createTestDatabase } from '@synap/testing';
import { runMigrations } from 'graphile-worker';
import { uuidv7 } from '../ids.js';
import { createRepositories, createTransaction } from '../repositories.js';
import { createModuleStore, type ModuleStore } from './module-store.js';
import { createModuleSync } from './module-sync.js';
import type { RunLimits } from './stage.js';

export const info = (id: string): ModuleInfo => ({
  id,
  name: id,
  version: '1.0.0',
  status: 'ready',
  widgets: [],
  access: { kind: 'everyone' },
  sync: { everySeconds: 60 },
});

export const event = (key: string, payload: ModuleEvent['payload'] = { key }): ModuleEvent => ({
  key,
  type: 'commit',
  subject: 'synap',
  time: new Date('2026-01-02T03:04:05Z'),
  payload,
});

/** Simulates the module in a run of its sync job. */
export type Behave = (request: SyncRequest, store: ModuleStore['store']) => Promise<void>;

export interface ArrangeOptions {
  ids?: string[];
  limits?: RunLimits;
  /** Milliseconds. */
  heartbeat?: number;
}

/** Creates a database with the job queue. The caller must close it. */
export async function openSyncFixture() {
  const testDatabase = await createTestDatabase();
  await runMigrations({ connectionString: testDatabase.url });
  const database = createDatabase({ url: testDatabase.url });

  /** Creates a sync whose module runs `behave`. */
  function arrange(behave: Behave, { ids = ['git'], limits, heartbeat = 20 }: ArrangeOptions = {}) {
    const { runs, entries, stages } = createRepositories(database.db, database.sql);
    const transaction = createTransaction(database);
    const store = createModuleStore({ entries, stages, ...(limits && { limits }) });
    const synced: string[] = [];
    const sync = createModuleSync({
      runs,
      transaction,
      store,
      newId: uuidv7,
      heartbeat,
      registry: { list: () => ids.map(info), sync: (request) => behave(request, store.store) },
      onSynced: async (moduleId) => void synced.push(moduleId),
    });
    const enqueue = async (trigger: 'manual' | 'schedule' = 'manual') =>
      (await transaction((tx) => tx.runs.enqueue('git', trigger, uuidv7()))) ?? '';
    const run = (id: string) => runs.findOf('git', id);
    return { sync, runs, entries, stages, transaction, store, synced, enqueue, run };
  }

  return {
    database,
    arrange,
    async clear() {
      await database.db.moduleRun.deleteMany();
      await database.db.event.deleteMany();
      await database.db.moduleEntry.deleteMany();
      await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    },
    /** Lists the keys of the jobs that a worker can take. */
    async jobs() {
      const rows = await database.db.$queryRaw<{ key: string }[]>`
        SELECT key FROM graphile_worker.jobs WHERE locked_at IS NULL AND attempts < max_attempts ORDER BY id`;
      return rows.map((row) => row.key);
    },
    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}

export type SyncFixture = Awaited<ReturnType<typeof openSyncFixture>>;
