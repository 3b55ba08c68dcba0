import { availableParallelism } from 'node:os';
import { ModuleCallError } from './call-error.js';
import type { Clock } from './clock.js';
import { createDeadline } from './deadline.js';
import type { DiscoveredModule, FoundPackage, RefusedPackage } from './discovery/discover.js';
import type { ModuleHostServices, RuntimeLog } from './host-services.js';
import { defaultLimits, type ModuleLimits } from './limits.js';
import {
  type Environment,
  type ModuleVariables,
  moduleEnvironment,
  variablesOf,
} from './module-environment.js';
import type { ModuleInfo } from './module-info.js';
import { createModuleLog } from './process/module-log.js';
import { createQueue } from './supervision/queue.js';
import {
  createSupervisor,
  type Loaded,
  type LoadRequest,
  type Supervisor,
  type SyncRequest,
} from './supervision/supervisor.js';

export interface ModuleRegistryOptions {
  readonly discovered: readonly DiscoveredModule[];
  /**
   * Environment variables, such as `process.env`. Each module is configured from its own
   * `SYNAP_<ID>_…`.
   */
  readonly environment: Environment;
  readonly hostServices: ModuleHostServices;
  readonly log: RuntimeLog;
  readonly clock?: Clock;
  readonly limits?: Partial<ModuleLimits>;
}

/** The installed modules, each in its own process. */
export interface ModuleRegistry {
  /**
   * Lists every module by id with its current state; failed ones have the reason. Before `settled`,
   * some are starting.
   */
  list(): ModuleInfo[];
  get(id: string): ModuleInfo | undefined;
  /** Lists the variables that each module reads. Complete after `settled`. */
  variables(): ModuleVariables[];
  /** Resolves when every module has started or failed once, at the latest after `startMs`. */
  settled(): Promise<void>;
  /**
   * Loads one widget's data.
   * @throws ModuleCallError
   * @throws the error of `hostServices` if it made the module fail
   */
  load(request: LoadRequest): Promise<Loaded>;
  /**
   * Runs a module's sync job once.
   * @throws ModuleCallError
   * @throws the error of `onEvents` or `hostServices`, which ends the run
   */
  sync(request: SyncRequest): Promise<void>;
  /** Ends all processes. Pending calls reject with `unavailable`. */
  close(): Promise<void>;
}

/** Starts every module at once and returns without waiting for them. */
export function createModuleRegistry(options: ModuleRegistryOptions): ModuleRegistry {
  const { discovered, hostServices, log, clock = Date } = options;
  const environment = productVariables(options.environment);
  const limits = { ...defaultLimits, ...options.limits };
  const refused = discovered
    .filter((each) => each.kind === 'refused')
    .map((each) => refusedInfo(each, environment));
  const modules: { found: FoundPackage; supervisor: Supervisor }[] = [];

  /** Rejects all packages that share an id, because the choice would be arbitrary. */
  function claim(own: FoundPackage, id: string): string | undefined {
    const others = modules.filter(
      ({ found, supervisor }) => found !== own && supervisor.description()?.id === id,
    );
    if (others.length === 0) return undefined;
    const places = [own, ...others.map(({ found }) => found)].map(
      ({ packageName, directory }) => `${packageName} (${directory})`,
    );
    const reason = `The id "${id}" is claimed by ${places.sort().join(' and ')}: remove all but one`;
    for (const { supervisor } of others) supervisor.refuse(reason);
    return reason;
  }

  for (const found of discovered.filter((each) => each.kind === 'found')) {
    const moduleLog = createModuleLog(log, () => supervisor.description()?.id ?? found.id);
    const supervisor = createSupervisor({
      found,
      environment,
      hostServices,
      clock,
      limits,
      log: moduleLog,
      claim: (id) => claim(found, id),
    });
    modules.push({ found, supervisor });
  }
  const starts = createQueue(Math.max(4, availableParallelism()), modules.length);
  const never = new AbortController().signal;
  let starting = true;
  const settled = Promise.all(
    modules.map(({ supervisor }) => starts.run(never, supervisor.start)),
  ).then(() => {
    starting = false;
  });

  const byDescription = (id: string) =>
    modules.find(({ supervisor }) => supervisor.description()?.id === id)?.supervisor;
  const byName = (id: string) =>
    modules.find(
      ({ found, supervisor }) => found.id === id && supervisor.description() === undefined,
    )?.supervisor;

  /**
   * Finds a module. While modules are starting, waits first for the one with this package name,
   * then for all.
   */
  async function find({
    moduleId,
    signal,
    deadlineMs = limits.loadMs,
  }: LoadRequest | SyncRequest): Promise<Supervisor> {
    const deadline = createDeadline(signal, deadlineMs);
    try {
      if (starting && !byDescription(moduleId))
        await deadline.race(byName(moduleId)?.start() ?? settled);
      if (starting && !byDescription(moduleId)) await deadline.race(settled);
    } finally {
      deadline.release();
    }
    const supervisor = byDescription(moduleId) ?? byName(moduleId);
    if (supervisor) return supervisor;
    const reason = refused.find(({ id }) => id === moduleId)?.error;
    if (reason !== undefined)
      throw new ModuleCallError('unavailable', `Module ${moduleId} is not available: ${reason}`);
    throw new ModuleCallError('unknown-module', `There is no module ${moduleId}`);
  }

  return {
    list: () => [...refused, ...modules.map(({ supervisor }) => supervisor.info())].sort(byId),
    get: (id) =>
      (byDescription(id) ?? byName(id))?.info() ?? refused.find((info) => info.id === id),
    variables: () => [
      ...refused.map(({ id }) => variablesOf(id, undefined)),
      ...modules.map(({ supervisor }) =>
        variablesOf(supervisor.info().id, supervisor.description()?.configSchema),
      ),
    ],
    settled: () => settled,
    load: async (request) => (await find(request)).load(request),
    sync: async (request) => (await find(request)).sync(request),
    close: async () =>
      void (await Promise.all(modules.map(({ supervisor }) => supervisor.close()))),
  };
}

const byId = (a: ModuleInfo, b: ModuleInfo): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Copies the variables for modules, because `process.env` is slow to read. */
const productVariables = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('SYNAP_')));

function refusedInfo(
  { id, packageName, version, reason }: RefusedPackage,
  environment: Environment,
): ModuleInfo {
  const access = moduleEnvironment(environment, id).access ?? { kind: 'superusers' };
  return { id, name: packageName, version, access, status: 'failed', error: reason, widgets: [] };
}
