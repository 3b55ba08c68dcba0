import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDatabase } from '@synap/db';
import { type BenchData, createBenchData } from './data/bench-data.js';
import type { BenchSize } from './data/bench-size.js';
import type { ServerProcess } from './load/target.js';
import { startChild } from './process/children.js';
import type { Cleanup } from './process/cleanup.js';
import { dataFolderOf } from './process/run-folder.js';
import { originIn } from './servers/serve.js';

/** The servers and rows of one run. */
export interface Bench {
  /** The built server with all middleware and logging. */
  synap: ServerProcess;
  data: BenchData;
  /** Starts a program of `servers/`, once for the same arguments. */
  server(program: string, ...args: string[]): Promise<ServerProcess>;
}

export interface BenchOptions {
  /** Receives all files, the database too. */
  folder: string;
  size: BenchSize;
  cleanup: Cleanup;
}

const dist = path.dirname(fileURLToPath(import.meta.url));
const serverProgram = path.join(dist, '../../apps/server/dist/cli.js');
const newSecret = () => randomBytes(32).toString('base64url');

function startSynap(dataDir: string, secret: string, cleanup: Cleanup) {
  return startChild({
    args: [serverProgram, 'start'],
    env: {
      ACCESS_TOKEN_SECRET: secret,
      REFRESH_TOKEN_SECRET: newSecret(),
      ENCRYPTION_SECRET: newSecret(),
      PORT: '0',
      SYNAP_DATA_DIR: dataDir,
      SYNAP_HOST_ACCESS: 'everyone',
      SIGNUP: 'open',
      RATE_LIMIT_FACTOR: '1000000',
      NODE_ENV: 'production',
    },
    found: (line) => /^Synap is ready: (\S+)/.exec(line)?.[1],
    cleanup,
  });
}

/** Starts the server and fills its database. `cleanup` ends and removes all of it. */
export async function createBench({ folder, size, cleanup }: BenchOptions): Promise<Bench> {
  const secret = newSecret();
  const dataDir = dataFolderOf(folder);
  const synap = await startSynap(dataDir, secret, cleanup);
  const database = await ensureDatabase({ dataDir });
  cleanup.add(() => database.release());
  const { data, close } = await createBenchData({ url: database.url, secret, size });
  cleanup.add(close);

  const started = new Map<string, Promise<ServerProcess>>();
  async function start(program: string, args: string[]): Promise<ServerProcess> {
    const { pid, value } = await startChild({
      args: [path.join(dist, 'servers', `${program}.js`), ...args],
      env: {
        ACCESS_TOKEN_SECRET: secret,
        DATABASE_URL: database.url,
        NODE_ENV: 'production',
      },
      found: originIn,
      cleanup,
    });
    return { origin: value, pid };
  }
  return {
    synap: { origin: synap.value, pid: synap.pid },
    data,
    server(program, ...args) {
      const key = [program, ...args].join(' ');
      const server = started.get(key) ?? start(program, args);
      started.set(key, server);
      return server;
    },
  };
}
