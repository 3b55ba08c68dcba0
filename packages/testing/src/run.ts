import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeCluster, startEmbeddedPostgres } from '@synap/db';
import pg from 'pg';

/**
 * Server shared by all processes of one test run, passed in the environment. Either a folder for an
 * embedded cluster, which the first database test starts, or the address of a server
 * (TEST_DATABASE_URL). Database names begin with `prefix`.
 */
export type TestServer =
  | { kind: 'embedded'; folder: string; prefix: string }
  | { kind: 'external'; url: string; prefix: string };

const folderPrefix = 'synap-test-';

export function dataFolder(folder: string): string {
  return path.join(folder, 'data');
}

/** Returns the server of this run. Throws if no run was begun. */
export function currentServer(): TestServer {
  const { SYNAP_TEST_FOLDER: folder, SYNAP_TEST_RUN: run, TEST_DATABASE_URL: url } = process.env;
  if (!run)
    throw new Error(
      'There is no test database: run this under vitest with the globalSetup of @synap/testing.',
    );
  const prefix = `test_${run}_`;
  if (url) return { kind: 'external', url, prefix };
  if (!folder)
    throw new Error(
      'SYNAP_TEST_FOLDER is missing: run this under vitest with the globalSetup of @synap/testing.',
    );
  return { kind: 'embedded', folder, prefix };
}

/** Begins a run. Starts nothing yet, so that tests without a database need not wait. */
export async function beginRun(): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8);
  process.env.SYNAP_TEST_RUN = run;
  if (process.env.TEST_DATABASE_URL) return;
  await sweep();
  const folder = mkdtempSync(path.join(tmpdir(), folderPrefix));
  // As root, PostgreSQL runs under another account, which must traverse the folder.
  chmodSync(folder, 0o711);
  writeFileSync(path.join(folder, 'pid'), String(process.pid));
  process.env.SYNAP_TEST_FOLDER = folder;
}

/** Ends the run: stops the cluster and deletes all files. */
export async function endRun(): Promise<void> {
  const server = currentServer();
  if (server.kind === 'external') await dropAll(server);
  else await removeFolder(server.folder);
}

async function dropAll({ url, prefix }: { url: string; prefix: string }): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of rows)
      await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

async function removeFolder(folder: string): Promise<void> {
  const dataDir = dataFolder(folder);
  if (existsSync(dataDir)) {
    const cluster = await startEmbeddedPostgres({ dataDir, durable: false });
    await cluster.stop();
    removeCluster(dataDir);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Removes clusters of killed runs. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = path.join(tmpdir(), name);
    try {
      if (!isAlive(Number(readFileSync(path.join(folder, 'pid'), 'utf8'))))
        await removeFolder(folder);
    } catch {
      // Harmless: it belongs to another account, or another run is removing it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
