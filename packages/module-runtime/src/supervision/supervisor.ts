import type { JsonValue } from '@synap/module-sdk';
import type { ModuleCallError } from '../call-error.js';
import { createDeadline } from '../deadline.js';
import type { ModuleHostServices, OnEvents, OnProgress } from '../host-services.js';
import { moduleEnvironment } from '../module-environment.js';
import type { ModuleInfo } from '../module-info.js';
import type { Description, Outcome } from '../protocol/messages.js';
import { readParams } from '../text-values.js';
import { createHealth, type Health } from './health.js';
import { createLifecycle, type Lifecycle, type LifecycleOptions } from './lifecycle.js';
import { errorOf, unknownWidget } from './outcome.js';
import { createQueue } from './queue.js';
import { type HostFault, reportingFaults, serveLoad, serveSync, watchHost } from './serve.js';

/** Milliseconds for a health check. */
const checkMs = 5_000;

export interface LoadRequest {
  readonly moduleId: string;
  readonly widgetId: string;
  /**
   * Text is read as the type that the widget's schema names: `{ limit: '10' }` is `{ limit: 10 }`.
   */
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
  /** Default 8,000. */
  readonly deadlineMs?: number | undefined;
}

/** Data as the widget's schema accepts it. */
export interface Loaded {
  readonly data: JsonValue;
  /** Seconds for which it counts as fresh. */
  readonly maxAge: number;
}

export interface SyncRequest {
  readonly moduleId: string;
  /** Goes with every use of the module's store during this run. */
  readonly runId: string;
  readonly signal?: AbortSignal | undefined;
  /** Default 300,000. */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** If it rejects, the run is over: `sync` rejects with the same error. */
  readonly onEvents: OnEvents;
}

/** One module as the registry uses it. */
export interface Supervisor {
  info(): ModuleInfo;
  /** What the module says of itself; undefined until it did. */
  description(): Description | undefined;
  /** Starts the process; never rejects, `info` tells what came of it. */
  start(): Promise<void>;
  load(request: LoadRequest): Promise<Loaded>;
  sync(request: SyncRequest): Promise<void>;
  refuse(reason: string): void;
  close(): Promise<void>;
}

export interface SupervisorOptions extends LifecycleOptions {
  readonly hostServices: ModuleHostServices;
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { hostServices, limits } = options;
  const lifecycle = createLifecycle(options);
  const queue = createQueue(limits.concurrentLoads, limits.queuedLoads);

  async function load({
    moduleId,
    widgetId,
    params,
    signal,
    deadlineMs = limits.loadMs,
  }: LoadRequest): Promise<Loaded> {
    const deadline = createDeadline(signal, deadlineMs);
    try {
      return await queue.run(deadline.signal, async () => {
        const { process, description } = await deadline.race(lifecycle.running());
        const widget = description.widgets.find(({ id }) => id === widgetId);
        if (!widget) throw unknownWidget(moduleId, widgetId);
        const request = { widgetId, params: readParams(params, widget.paramsSchema) };
        const { serve, fault } = watchHost(serveLoad(hostServices, { moduleId }));
        const outcome = await process.load(request, { deadline, serve });
        lifecycle.succeeded();
        throwFault(outcome, fault());
        if (outcome.kind !== 'data') throw errorOf(outcome, moduleId, widgetId);
        return { data: outcome.data, maxAge: widget.maxAge };
      });
    } finally {
      deadline.release();
    }
  }

  async function sync({
    moduleId,
    runId,
    signal,
    deadlineMs = limits.syncMs,
    onProgress,
    onEvents,
  }: SyncRequest): Promise<void> {
    const deadline = createDeadline(signal, deadlineMs);
    try {
      const { process } = await deadline.race(lifecycle.running());
      // The run lacks something that the server could not take, even if the module ignores the
      // error: end it.
      const serve = reportingFaults(
        serveSync(hostServices, { moduleId, runId }, onEvents),
        deadline.expire,
      );
      const outcome = await process.sync({ deadline, serve, onProgress });
      lifecycle.succeeded();
      if (outcome.kind !== 'done') throw errorOf(outcome, moduleId, '');
    } finally {
      deadline.release();
    }
  }

  /** Starts no process: one that is down has a worse problem. */
  async function examine(): Promise<readonly string[] | undefined> {
    if (lifecycle.state() !== 'up') return undefined;
    const deadline = createDeadline(undefined, checkMs);
    try {
      const { process } = await deadline.race(lifecycle.running());
      const outcome = await process.check({ deadline, serve: async () => null });
      return outcome.kind === 'checked'
        ? outcome.problems
        : ['Its health check failed; the log says why'];
    } finally {
      deadline.release();
    }
  }
  const health = createHealth(options.clock, examine);

  return {
    info: () => infoOf(options, lifecycle, health),
    description: lifecycle.description,
    start: () =>
      lifecycle.running().then(
        () => health.check(),
        (_: ModuleCallError) => undefined,
      ),
    load,
    sync,
    refuse: lifecycle.refuse,
    close: lifecycle.close,
  };
}

/**
 * A module that failed on the server's own failure is not to blame: the server's error is what the
 * caller gets.
 */
function throwFault({ kind }: Outcome, fault: HostFault | undefined): void {
  if (fault && (kind === 'threw' || kind === 'failed')) throw fault.error;
}

/** Why the module is not all right; undefined if it is. */
function errorText(lifecycle: Lifecycle, health: Health): string | undefined {
  const lastError = lifecycle.lastError();
  if (lastError !== undefined) return lastError;
  return lifecycle.state() === 'up' ? health.problems().join('; ') || undefined : 'It is starting';
}

/**
 * Until a module was heard, it `failed`; one that was heard before is `degraded` while it is not
 * there, or reports problems.
 */
function infoOf(
  { found, environment }: LifecycleOptions,
  lifecycle: Lifecycle,
  health: Health,
): ModuleInfo {
  const description = lifecycle.description();
  const state = lifecycle.state();
  const id = description?.id ?? found.id;
  const error = errorText(lifecycle, health);
  const known = description !== undefined || state === 'starting';
  const defaultAccess = description?.defaultAccess ?? 'superusers';
  return {
    id,
    name: description?.name ?? found.packageName,
    version: found.version,
    status: state === 'refused' || !known ? 'failed' : error === undefined ? 'ready' : 'degraded',
    ...(error !== undefined && { error }),
    widgets: description?.widgets ?? [],
    ...(description?.sync && { sync: description.sync }),
    access: moduleEnvironment(environment, id).access ?? { kind: defaultAccess },
  };
}
