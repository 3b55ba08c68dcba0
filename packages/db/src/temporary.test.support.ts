import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded.js';
import { removeCluster } from './embedded/remove.js';

/**
 * Creates a temporary folder with mode 0711, because PostgreSQL runs under another account if the
 * tests run as root.
 */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'synap-db-'));
  chmodSync(folder, 0o711);
  return folder;
}

export function removeFolder(folder: string): void {
  removeCluster(path.join(folder, 'data'));
  rmSync(folder, { recursive: true, force: true });
}

export interface TemporaryCluster extends EmbeddedPostgres {
  /** Data folder, to start the cluster again. */
  dataDir: string;
  /** Stops and deletes the cluster. */
  dispose(): Promise<void>;
}

/** Starts a cluster for one test file. */
export async function temporaryCluster(
  options: Omit<EmbeddedPostgresOptions, 'dataDir'> = {},
): Promise<TemporaryCluster> {
  const folder = temporaryFolder();
  const dataDir = path.join(folder, 'data');
  const cluster = await startEmbeddedPostgres({ durable: false, ...options, dataDir });
  return {
    ...cluster,
    dataDir,
    async dispose() {
      await cluster.stop();
      removeFolder(folder);
    },
  };
}

/** Folder of the product's migrations. */
export const repositoryMigrations = fileURLToPath(
  new URL('../../../prisma/migrations', import.meta.url),
);

/** Runs one statement on a new connection. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
}
