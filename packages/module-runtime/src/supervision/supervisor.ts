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

/** Deadline of a health check, in milliseconds. */
const checkMs = 5_000;

export interface LoadRequest {
  readonly moduleId: string;
  readonly widgetId: string;
  /**
   * Text is parsed as the type in the widget's schema: `{ limit: '10' }` becomes `{ limit: 10 }`.
   */
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds.
   * @default 8000
   */
  readonly deadlineMs?: number | undefined;
}

/** Data that matches the widget's schema. */
export interface Loaded {
  readonly data: JsonValue;
  /** Seconds for which it counts as fresh. */
  readonly maxAge: number;
}

export interface SyncRequest {
  readonly moduleId: string;
  /** Passed to every use of the module's store during this run. */
  readonly runId: string;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds.
   * @default 300000
   */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** If it rejects, the run ends and `sync` rejects with the same error. */
  readonly onEvents: OnEvents;
}

/** One module as the registry uses it. */
export interface Supervisor {
  info(): ModuleInfo;
  /** Returns the module's description; undefined until it has described itself. */
  description(): Description | undefined;
  /** Starts the process. Never rejects: `info` has the result. */
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
      // The run has lost data that the server could not store: end it even if the module ignores
      // the error.
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

  /** Checks only a running module: the lifecycle reports other states. */
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

/** Throws the server's own failure if it made the module fail. */
function throwFault({ kind }: Outcome, fault: HostFault | undefined): void {
  if (fault && (kind === 'threw' || kind === 'failed')) throw fault.error;
}

/** Returns why the module is not ready; undefined if it is. */
function errorText(lifecycle: Lifecycle, health: Health): string | undefined {
  const lastError = lifecycle.lastError();
  if (lastError !== undefined) return lastError;
  return lifecycle.state() === 'up' ? health.problems().join('; ') || undefined : 'It is starting';
}

/**
 * A module is `failed` until it has described itself. Afterwards it is `degraded` while it is not
 * running or reports problems.
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
