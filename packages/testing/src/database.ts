import { fileURLToPath } from 'node:url';
import { ensureDatabase, migrateDeploy } from '@synap/db';
import pg from 'pg';
import { currentServer, dataFolder, type TestServer } from './run.js';
import { until } from './until.js';

export interface TestDatabase {
  url: string;
  /** Drops the database and closes its connections. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** False creates an empty database without migrations. @default true */
  migrated?: boolean;
}

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
/** Advisory lock for creating the template. */
const templateLock = 7_463_001;

let administration: Promise<pg.Pool> | null = null;
let template: Promise<void> | null = null;

async function connect(server: TestServer): Promise<pg.Pool> {
  const connectionString =
    server.kind === 'external' ? server.url : await startCluster(server.folder);
  const pool = new pg.Pool({ connectionString, max: 2, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return pool;
}

async function startCluster(folder: string): Promise<string> {
  const { url, detach } = await ensureDatabase({ dataDir: dataFolder(folder), durable: false });
  await detach();
  return url;
}

function addressIn(pool: pg.Pool, name: string): string {
  const url = new URL(pool.options.connectionString ?? '');
  url.pathname = `/${name}`;
  return url.href;
}

async function exists(client: pg.PoolClient, name: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  return rowCount === 1;
}

async function makeTemplate(pool: pg.Pool, template: string): Promise<void> {
  const client = await pool.connect();
  try {
    if (await exists(client, template)) return;
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    if (await exists(client, template)) return;
    // Rename when complete: a template either does not exist or is ready.
    const draft = `${template}_draft`;
    await client.query(`DROP DATABASE IF EXISTS "${draft}" WITH (FORCE)`);
    await client.query(`CREATE DATABASE "${draft}"`);
    await migrateDeploy(addressIn(pool, draft), migrationsFolder);
    await client.query(`ALTER DATABASE "${draft}" RENAME TO "${template}"`);
  } finally {
    client.release(true); // Closing the connection releases the lock.
  }
}

/**
 * Creates a database for one test file: a copy of the migrated template, within milliseconds. The
 * first call of a run starts the cluster.
 */
export async function createTestDatabase({
  migrated = true,
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = currentServer();
  administration ??= connect(server);
  const pool = await administration;
  const name = `${server.prefix}${crypto.randomUUID().replaceAll('-', '')}`;
  const templateName = `${server.prefix}template`;
  if (migrated) {
    template ??= makeTemplate(pool, templateName);
    await template;
  }
  await pool.query(`CREATE DATABASE "${name}" TEMPLATE "${migrated ? templateName : 'template0'}"`);
  return {
    url: addressIn(pool, name),
    async drop() {
      // FORCE cannot end autovacuum, which runs as the superuser. Retry until it ends.
      await until(() => pool.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`), {
        timeout: 20_000,
        interval: 100,
      });
    },
  };
}
