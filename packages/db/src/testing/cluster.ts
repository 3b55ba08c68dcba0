import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { accountFor } from '../embedded/access.js';
import { prepareBinaries, type Toolchain } from '../embedded/binaries.js';
import { createCluster, runSingleUser } from '../embedded/cluster.js';
import { locateCluster } from '../embedded/locate.js';
import { choosePort, startPostmaster, stopPostmaster } from '../embedded/postmaster.js';
import { removeCluster } from '../embedded/remove.js';

export interface SuperuserCluster {
  /** Address of the superuser, in the database `synap`. */
  url: string;
  port: number;
  /** Process id of PostgreSQL. */
  pid: number;
  /** Folder of PostgreSQL's files, owned by the account that it runs under. */
  pgData: string;
  /** Stops and deletes the cluster. */
  dispose(): Promise<void>;
}

/**
 * Starts a separate PostgreSQL with a superuser. Only for tests that change roles and server
 * settings.
 */
export async function startSuperuserCluster(): Promise<SuperuserCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'synap-superuser-'));
  chmodSync(folder, 0o711);
  const dataDir = path.join(folder, 'data');
  const location = locateCluster(dataDir, () => undefined);
  const account = accountFor(location, () => undefined);
  const tools: Toolchain = {
    binaries: prepareBinaries(location.base, account),
    account,
    durable: false,
  };
  const password = crypto.randomUUID();
  createCluster(location, tools, password);
  const fault = runSingleUser(location.pgData, tools, [
    `ALTER ROLE postgres PASSWORD '${password}';`,
  ]);
  if (fault !== null) throw new Error(fault);
  for (;;) {
    const port = await choosePort(null);
    const outcome = await startPostmaster(location, tools, port);
    if (outcome.kind === 'port-taken') continue;
    if (outcome.kind !== 'ready')
      throw new Error(`PostgreSQL did not start: ${JSON.stringify(outcome)}`);
    const { pid } = outcome;
    return {
      url: `postgresql://postgres:${password}@127.0.0.1:${port}/synap`,
      port,
      pid,
      pgData: location.pgData,
      async dispose() {
        await stopPostmaster(location, pid);
        removeCluster(dataDir);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
}
