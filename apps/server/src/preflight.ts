import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { prepareDataFolder } from './data-folder.js';
import type { Environment } from './env.js';
import { listenFault } from './listener.js';

/** Faults of the machine that settings are about, found before anything is opened, so that all are named at once. */
export async function preflight(environment: Environment): Promise<string[]> {
  const folders = await Promise.all([dataFolderFault(environment), modulesFolderFault(environment)]);
  return [...folders, ...(await addressFaults(environment))].filter((fault) => fault !== undefined);
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function dataFolderFault({ dataDir }: Environment): Promise<string | undefined> {
  try {
    await prepareDataFolder(dataDir);
    return undefined;
  } catch (error) {
    return `SYNAP_DATA_DIR: ${reasonOf(error)}`;
  }
}

async function modulesFolderFault({ modulesDir }: Environment): Promise<string | undefined> {
  if (modulesDir === undefined) return undefined;
  try {
    await readdir(modulesDir);
    return undefined;
  } catch (error) {
    return `SYNAP_MODULES_DIR: the folder cannot be read (${reasonOf(error)}): make it, or leave the variable out`;
  }
}

/** Where the service will listen. */
async function addressFaults({ role, host, port, metricsPort }: Environment): Promise<(string | undefined)[]> {
  if (role === 'worker') return [];
  const main = await addressFault(host, port, 'PORT');
  return [main, metricsPort === undefined ? undefined : await addressFault('127.0.0.1', metricsPort, 'METRICS_PORT')];
}

/** Listens for a moment. */
async function addressFault(host: string, port: number, variable: string): Promise<string | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return listenFault(error, host, port, variable);
  }
}
