import { EventEmitter } from 'node:events';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { connectionOf, schemaOf } from '../client/connection.js';
import { prepareSession } from '../client/session.js';
import { unlimited } from './migration-lock.js';

const charType = 18;
const textType = 25;

/**
 * Creates a pool of one permanent connection, whose session holds the engine's advisory lock. No
 * time-outs, because a migration may take any time.
 */
export function createMigrationPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOf(url),
    application_name: 'synap migrations',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    onConnect: (client) => prepareSession(client, { url, settings: unlimited }, 10_000),
  });
  pool.on('connect', returnCharAsText);
  pool.on('error', () => undefined);
  return pool;
}

interface RowDescription {
  fields: { dataTypeID: number }[];
}

/**
 * Returns PostgreSQL's internal "char" type as text. adapter-pg rejects it, and the engine's
 * catalogue queries return it.
 */
function returnCharAsText(client: pg.PoolClient): void {
  const connection: unknown = Reflect.get(client, 'connection');
  if (!(connection instanceof EventEmitter))
    throw new TypeError('pg.Client has no connection: this version of pg is not supported');
  connection.prependListener('rowDescription', ({ fields }: RowDescription) => {
    for (const field of fields) if (field.dataTypeID === charType) field.dataTypeID = textType;
  });
}

/**
 * Marks one column as a character, because the engine panics on text. PostgreSQL 18 lists NOT NULL
 * there, 17 a CHECK.
 */
function withCharacters(result: SqlResultSet): SqlResultSet {
  const columnTypes = result.columnTypes.map((type, index) =>
    result.columnNames[index] === 'constraint_type' ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}

function asDriverError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const { code = '', severity = 'ERROR', message, detail, column, hint } = error;
  return new DriverAdapterError({
    kind: 'postgres',
    code,
    severity,
    message,
    detail,
    column,
    hint,
  });
}

interface Connection {
  pool: pg.Pool;
  schema: string | undefined;
  onScriptError: (error: unknown) => void;
  dispose: () => Promise<void>;
}

async function connect({
  pool,
  schema,
  onScriptError,
  dispose,
}: Connection): Promise<SqlDriverAdapter> {
  if (schema) await pool.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  const adapter = await new PrismaPg(pool, { schema }).connect();
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: async (query) => withCharacters(await adapter.queryRaw(query)),
    executeRaw: (query) => adapter.executeRaw(query),
    // Send the whole script: adapter-pg splits it at every semicolon, even inside function bodies.
    executeScript: async (script) => {
      try {
        await pool.query(script);
      } catch (error) {
        onScriptError(error);
        throw asDriverError(error);
      }
    },
    startTransaction: (isolation) => adapter.startTransaction(isolation),
    getConnectionInfo: () => adapter.getConnectionInfo(),
    dispose,
  };
}

export interface MigrationAdapter extends SqlMigrationAwareDriverAdapterFactory {
  /** PostgreSQL's error for the last failed script. The engine reports only a part of it. */
  scriptError(): unknown;
  /** Drops remaining shadow databases and disconnects. */
  close(): Promise<void>;
}

const shadowPrefix = 'prisma_migrate_shadow_db_';

/** Creates the adapter through which the WebAssembly engine accesses PostgreSQL. */
export function createMigrationAdapter(url: string): MigrationAdapter {
  const pool = createMigrationPool(url);
  const schema = schemaOf(url);
  const disposals = new Set<() => Promise<void>>();
  let scriptError: unknown = null;
  const onScriptError = (error: unknown) => {
    scriptError = error;
  };

  async function connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `${shadowPrefix}${crypto.randomUUID()}`;
    const target = new URL(url);
    target.pathname = `/${name}`;
    await pool
      .query(`CREATE DATABASE "${name}"`)
      .catch((error) => Promise.reject(asDriverError(error)));
    const shadow = createMigrationPool(target.href);
    const dispose = async () => {
      if (!disposals.delete(dispose)) return;
      await shadow.end();
      await pool.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    disposals.add(dispose);
    return connect({ pool: shadow, schema, onScriptError, dispose });
  }

  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    scriptError: () => scriptError,
    connect: () => connect({ pool, schema, onScriptError, dispose: async () => {} }),
    connectToShadowDb,
    async close() {
      await Promise.allSettled([...disposals].map((dispose) => dispose()));
      await pool.end();
    },
  };
}
