import { execFileSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { query, removeFolder, temporaryFolder } from '../temporary.test.support.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.js';
import { removeCluster } from './remove.js';

/** Removes the cluster of a data folder, unless the folder is a copy. */
function removeQuietly(dataDir: string): void {
  try {
    removeCluster(dataDir);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ForeignClusterError')) throw error;
  }
}

/** Creates several data folders in a temporary folder for each test of a file. */
export function useInstallations() {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  const state = {
    folder: '',
    lines: [] as string[],
    running: [] as EmbeddedPostgres[],
    started: new Set<string>(),
  };
  const at = (name: string) => path.join(state.folder, name);

  beforeEach(() => {
    state.folder = realpathSync(temporaryFolder());
    state.lines = [];
  });
  afterEach(async () => {
    for (const cluster of state.running.splice(0)) await cluster.stop();
    for (const dataDir of new Set([...readdirSync(state.folder).map(at), ...state.started]))
      removeQuietly(dataDir);
    state.started.clear();
    removeFolder(state.folder);
  });

  async function start(
    dataDir: string,
    options: { durable?: boolean } = {},
  ): Promise<EmbeddedPostgres> {
    state.started.add(dataDir);
    const log = (line: string) => state.lines.push(line);
    const cluster = await startEmbeddedPostgres({ dataDir, durable: false, log, ...options });
    state.running.push(cluster);
    return cluster;
  }

  return {
    at,
    start,
    /** Lines that the starts have logged. */
    lines: () => state.lines,
    /** Starts the database, fills a table and stops it. */
    async fill(dataDir: string): Promise<EmbeddedPostgres> {
      const cluster = await start(dataDir);
      await query(cluster.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await cluster.stop();
      return cluster;
    },
    /** Reads the table that `fill` created. */
    answer: ({ url }: EmbeddedPostgres) => query(url, 'SELECT answer FROM kept'),
    /** Returns the error of a start that must fail. */
    refusal: (dataDir: string): Promise<string> => start(dataDir).then(() => 'started', String),
    copy: (from: string, to: string, flags = '-a') => execFileSync('cp', [flags, at(from), at(to)]),
  };
}

/** Contents of the table that `fill` creates. */
export const filled = [{ answer: 42 }];
