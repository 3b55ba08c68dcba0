import type { JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';
import type { Clock } from '../clock.js';
import { raceWith } from '../deadline.js';
import type { Loaded, LoadRequest } from '../supervision/supervisor.js';
import { cacheKey } from './cache-key.js';
import { createNegativeCache } from './negative-cache.js';
import {
  createMemoryWidgetResultStore,
  keyPrefix,
  type StoredWidgetResult,
  type WidgetResultStore,
} from './widget-result-store.js';

export type ReadRequest = Pick<LoadRequest, 'moduleId' | 'widgetId' | 'params' | 'signal'>;

/** A widget's data as it is answered. */
export interface WidgetResult {
  readonly data: JsonValue;
  /** When the data was loaded. */
  readonly asOf: Date;
  /** True when the data is older than the widget's `maxAge`. */
  readonly stale: boolean;
  /** Why newer data could not be loaded; absent while a load is still under way. */
  readonly error?: ModuleCallError | undefined;
}

export interface WidgetCacheOptions {
  /** `registry.load`. */
  readonly load: (request: Omit<LoadRequest, 'signal'>) => Promise<Loaded>;
  readonly clock?: Clock;
  readonly store?: WidgetResultStore;
  /**
   * How long a caller waits for newer data before he gets the old, in milliseconds. Default 1,000.
   */
  readonly staleWhileRevalidateMs?: number;
}

/**
 * Widget data, loaded once for any number of callers and fresh for the widget's `maxAge`. After
 * that a caller waits a moment for newer data, else gets the last good data as `stale`. What was
 * never loaded is awaited. A load that failed is not tried again at once: its error is answered for
 * 1 s, doubling to 60 s, and for as long as its `Retry-After` says.
 */
export interface WidgetCache {
  /**
   * @throws ModuleCallError when there is no data at all, when the parameters are faulty, or when
   *   `signal` fires; and what `load` throws of the server itself, when there is no data.
   */
  read(request: ReadRequest): Promise<WidgetResult>;
  /** Makes a module's data count as old: the next reader loads again. For use after a sync. */
  expire(moduleId: string): Promise<void>;
}

export function createWidgetCache(options: WidgetCacheOptions): WidgetCache {
  const {
    load,
    clock = Date,
    store = createMemoryWidgetResultStore(),
    staleWhileRevalidateMs = 1_000,
  } = options;
  const loading = new Map<string, Promise<StoredWidgetResult>>();
  /**
   * How often each module's data was made old: a load that began before counts as old when it ends.
   */
  const expirations = new Map<string, number>();
  const failures = createNegativeCache(clock);

  /**
   * Joins the load under way, or starts one: it runs to its end whoever leaves, so that its data is
   * kept.
   */
  function refresh(
    key: string,
    { moduleId, widgetId, params }: ReadRequest,
  ): Promise<StoredWidgetResult> {
    const running = loading.get(key);
    if (running) return running;
    const started = loadOnce(key, { moduleId, widgetId, params });
    loading.set(key, started);
    const forget = () => void (loading.get(key) === started && loading.delete(key));
    started.then(forget, forget);
    return started;
  }

  async function loadOnce(key: string, request: ReadRequest): Promise<StoredWidgetResult> {
    const expired = expirations.get(request.moduleId);
    try {
      const { data, maxAge } = await load(request);
      const loadedAt = clock.now();
      const isNew = expired === expirations.get(request.moduleId);
      const reading = { data, loadedAt, freshUntil: isNew ? loadedAt + maxAge * 1_000 : loadedAt };
      failures.clear(key);
      await store.set(key, reading);
      return reading;
    } catch (error) {
      if (error instanceof ModuleCallError && !isCallersFault(error)) failures.add(key, error);
      throw error;
    }
  }

  async function readOld(
    key: string,
    request: ReadRequest,
    old: StoredWidgetResult,
  ): Promise<WidgetResult> {
    const failed = failures.current(key);
    if (failed) return stale(old, failed);
    try {
      const newer = await withPatience(refresh(key, request), staleWhileRevalidateMs);
      return newer ? fresh(newer) : stale(old);
    } catch (error) {
      if (!(error instanceof ModuleCallError))
        return stale(
          old,
          new ModuleCallError('unavailable', 'The server could not load newer data'),
        );
      if (isCallersFault(error)) throw error;
      return stale(old, error);
    }
  }

  async function read(request: ReadRequest): Promise<WidgetResult> {
    const key = cacheKey(request.moduleId, request.widgetId, request.params);
    const held = await store.get(key);
    if (held && held.freshUntil > clock.now()) return fresh(held);
    if (held) return readOld(key, request, held);
    const failed = failures.current(key);
    if (failed) throw failed;
    return fresh(await refresh(key, request));
  }

  return {
    async read(request) {
      const { signal } = request;
      if (!signal) return read(request);
      try {
        return await raceWith(signal, read(request));
      } catch (error) {
        throw signal.aborted ? new ModuleCallError('aborted', 'The call was cancelled') : error;
      }
    },
    async expire(moduleId) {
      expirations.set(moduleId, (expirations.get(moduleId) ?? 0) + 1);
      for (const key of loading.keys())
        if (key.startsWith(keyPrefix(moduleId))) loading.delete(key);
      await store.expire(moduleId, clock.now());
    },
  };
}

const fresh = ({ data, loadedAt }: StoredWidgetResult): WidgetResult => ({
  data,
  asOf: new Date(loadedAt),
  stale: false,
});

const stale = ({ data, loadedAt }: StoredWidgetResult, error?: ModuleCallError): WidgetResult => ({
  data,
  asOf: new Date(loadedAt),
  stale: true,
  ...(error && { error }),
});

/** Faults of the question itself: old data is no answer to them. */
const isCallersFault = ({ kind }: ModuleCallError): boolean =>
  kind === 'invalid-params' || kind === 'unknown-module' || kind === 'unknown-widget';

async function withPatience<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([work, patience]).finally(() => clearTimeout(timer));
}
