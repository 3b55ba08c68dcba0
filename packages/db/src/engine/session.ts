import { readFileSync } from 'node:fs';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { createMigrationAdapter, type MigrationAdapter } from './adapter.js';
import { explainFailure } from './failure.js';
import { acquireMigrationLock } from './migration-lock.js';
import type { Target } from './target.js';
import { loadEngine, type SchemaEngine } from './wasm.js';

/** Methods of the protocol. All but one have the engine's own names. */
const methods = new Set([
  'applyMigrations',
  'createMigration',
  'dbExecute',
  'debugPanic',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'diff',
  'ensureConnectionValidity',
  'evaluateDataLoss',
  'introspect',
  'introspectSql',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'reset',
  'schemaPush',
  'version',
]);

export interface EngineSession {
  /** Executes one call. Rejects with the engine's error or with EnginePanic. */
  call(method: string, params: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens the database on the first query only, because not every run of the engine uses it. */
function lazyAdapterFactory(target: Target, opened: (adapter: MigrationAdapter) => void) {
  let adapter: Promise<MigrationAdapter> | null = null;
  const open = () => {
    adapter ??= target.url().then((url) => {
      const made = createMigrationAdapter(url);
      opened(made);
      return made;
    });
    return adapter;
  };
  return bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: async () => (await open()).connect(),
    connectToShadowDb: async () => (await open()).connectToShadowDb(),
  });
}

export function createEngineSession(
  datamodels: string[],
  target: Target,
  log: (line: string) => void,
): EngineSession {
  let adapter: MigrationAdapter | null = null;
  let engine: Promise<SchemaEngine> | null = null;
  let lock: pg.Client | null = null;

  async function start(): Promise<SchemaEngine> {
    const { module, guard } = await loadEngine();
    const schemas = datamodels.map((file): [string, string] => [file, readFileSync(file, 'utf8')]);
    const factory = lazyAdapterFactory(target, (made) => {
      adapter = made;
    });
    const options = { datamodels: schemas.length > 0 ? schemas : undefined };
    return guard(() =>
      module.SchemaEngine.new(options, (line: string) => log(`${line}\n`), factory),
    );
  }

  async function invoke(name: string, params: unknown): Promise<unknown> {
    engine ??= start();
    const started = await engine;
    const method: unknown = Reflect.get(started, name);
    if (!methods.has(name) || typeof method !== 'function')
      throw new Error(`This schema engine has no method "${name}".`);
    const { guard } = await loadEngine();
    return guard(async () => method.call(started, params));
  }

  return {
    async call(method, params) {
      if (method === 'getDatabaseVersion') return invoke('version', params);
      // Diagnose first: otherwise a pending hand-written migration makes the engine request a
      // shadow database that it does not have.
      if (method === 'evaluateDataLoss') await invoke('devDiagnostic', diagnosisOf(params));
      if (method === 'applyMigrations')
        lock ??= await acquireMigrationLock(await target.url(), () => undefined);
      return invoke(method, params).catch((error) => {
        throw explainFailure(error, adapter?.scriptError());
      });
    },
    async close() {
      await lock?.end();
      await adapter?.close();
    },
  };
}

function diagnosisOf(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params;
  return {
    migrationsList: Reflect.get(params, 'migrationsList'),
    filters: Reflect.get(params, 'filters'),
  };
}
