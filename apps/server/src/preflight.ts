import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { prepareDataFolder } from './data-folder.js';
import type { Environment } from './env.js';

/** Faults of the machine that settings are about, found before anything is opened, so that all are named at once. */
export async function preflight(environment: Environment): Promise<string[]> {
  const faults = await Promise.all([dataFolderFault(environment), modulesFolderFault(environment), addressFault(environment)]);
  return faults.filter((fault) => fault !== undefined);
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

/** Listens for a moment where the service will. */
async function addressFault({ role, host, port }: Environment): Promise<string | undefined> {
  if (role === 'worker') return undefined;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return listenFault(error, host, port);
  }
}

function listenFault(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return `PORT: ${port} is taken: end what uses it, or choose another with PORT=…`;
  if (code === 'EACCES') return `PORT: ${port} needs more rights: choose one above 1023`;
  if (code === 'EADDRNOTAVAIL')
    return `HOST: "${host}" is no address of this machine: 127.0.0.1 is this machine alone, 0.0.0.0 all`;
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(code)) return `HOST: "${host}" does not resolve to an address`;
  return `HOST, PORT: cannot listen on ${host}:${port}: ${reasonOf(error)}`;
}
