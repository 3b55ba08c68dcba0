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

/** A widget's data as returned to the caller. */
export interface WidgetResult {
  readonly data: JsonValue;
  /** Time of the load. */
  readonly asOf: Date;
  /** True if the data is older than the widget's `maxAge`. */
  readonly stale: boolean;
  /** Error of the last load; absent while a load is running. */
  readonly error?: ModuleCallError | undefined;
}

export interface WidgetCacheOptions {
  /** Loads the data, such as `registry.load`. */
  readonly load: (request: Omit<LoadRequest, 'signal'>) => Promise<Loaded>;
  readonly clock?: Clock;
  readonly store?: WidgetResultStore;
  /**
   * Milliseconds to wait for newer data before the old data is returned.
   * @default 1000
   */
  readonly staleWhileRevalidateMs?: number;
}

/**
 * Caches widget data. Concurrent callers share one load; the data is fresh for the widget's
 * `maxAge`. Afterwards a caller waits briefly for newer data, else gets the last good data as
 * `stale`. A first load is awaited. After a failed load its error is returned for 1 s, doubling to
 * 60 s, and at least as long as its `Retry-After`.
 */
export interface WidgetCache {
  /**
   * @throws ModuleCallError if there is no data, the parameters are invalid, or `signal` fires
   * @throws the server's own error from `load` if there is no data
   */
  read(request: ReadRequest): Promise<WidgetResult>;
  /** Marks a module's data as stale, so that the next read loads again. Call it after a sync. */
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
   * Number of expirations per module: data of a load that started before the last one is stale at
   * once.
   */
  const expirations = new Map<string, number>();
  const failures = createNegativeCache(clock);

  /**
   * Joins the running load, or starts one. It completes even if all callers leave, so that its data
   * is cached.
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
      const result = { data, loadedAt, freshUntil: isNew ? loadedAt + maxAge * 1_000 : loadedAt };
      failures.clear(key);
      await store.set(key, result);
      return result;
    } catch (error) {
      if (error instanceof ModuleCallError && !isInvalidRequest(error)) failures.add(key, error);
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
      const newer = await withTimeout(refresh(key, request), staleWhileRevalidateMs);
      return newer ? fresh(newer) : stale(old);
    } catch (error) {
      if (!(error instanceof ModuleCallError))
        return stale(
          old,
          new ModuleCallError('unavailable', 'The server could not load newer data'),
        );
      if (isInvalidRequest(error)) throw error;
      return stale(old, error);
    }
  }

  async function read(request: ReadRequest): Promise<WidgetResult> {
    const key = cacheKey(request.moduleId, request.widgetId, request.params);
    const cached = await store.get(key);
    if (cached && cached.freshUntil > clock.now()) return fresh(cached);
    if (cached) return readOld(key, request, cached);
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

/** True if the request itself is invalid: old data is no valid response to it. */
const isInvalidRequest = ({ kind }: ModuleCallError): boolean =>
  kind === 'invalid-params' || kind === 'unknown-module' || kind === 'unknown-widget';

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
