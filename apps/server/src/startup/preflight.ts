import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { prepareDataFolder } from '../config/data-folder.js';
import type { Environment } from '../config/env.js';
import { listenFault } from '../http/listener.js';
import { isSynap } from './occupant.js';

/** A setting that the machine does not allow. */
export interface PreflightFault {
  /** Names of the affected settings. */
  name: string;
  message: string;
  /** True if another Synap listens at the address that this one needs. */
  isOccupiedBySynap?: boolean;
}

/** Checks folders and ports before anything is opened, and returns all faults at once. */
export async function preflight(environment: Environment): Promise<PreflightFault[]> {
  const faults = await Promise.all([
    dataFolderFault(environment),
    modulesFolderFault(environment),
    addressFault(environment),
    metricsFault(environment),
  ]);
  return faults.filter((fault) => fault !== undefined);
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function dataFolderFault({ dataDir }: Environment): Promise<PreflightFault | undefined> {
  try {
    await prepareDataFolder(dataDir);
    return undefined;
  } catch (error) {
    return { name: 'SYNAP_DATA_DIR', message: reasonOf(error) };
  }
}

async function modulesFolderFault({
  modulesDir,
}: Environment): Promise<PreflightFault | undefined> {
  if (modulesDir === undefined) return undefined;
  try {
    await readdir(modulesDir);
    return undefined;
  } catch (error) {
    const message = `the folder cannot be read (${reasonOf(error)}): create it, or unset the variable`;
    return { name: 'SYNAP_MODULES_DIR', message };
  }
}

async function addressFault({
  role,
  host,
  port,
}: Environment): Promise<PreflightFault | undefined> {
  return role === 'worker' ? undefined : portFault('PORT', host, port);
}

async function metricsFault({
  role,
  metricsPort,
}: Environment): Promise<PreflightFault | undefined> {
  return role === 'worker' || metricsPort === undefined
    ? undefined
    : portFault('METRICS_PORT', '127.0.0.1', metricsPort);
}

/** Listens briefly on the address of the service. */
async function portFault(
  name: string,
  host: string,
  port: number,
): Promise<PreflightFault | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return explain(error, name, host, port);
  }
}

async function explain(
  error: unknown,
  name: string,
  host: string,
  port: number,
): Promise<PreflightFault> {
  const fault = listenFault(error, { host, port, variable: name });
  if (!fault.isTaken) return fault;
  const isOccupiedBySynap = await isSynap(host, port);
  const occupant = isOccupiedBySynap
    ? 'another Synap listens there'
    : 'another program listens there';
  return {
    name,
    message: `${port} is taken, ${occupant}: stop it, or choose another port with ${name}=…`,
    isOccupiedBySynap,
  };
}
