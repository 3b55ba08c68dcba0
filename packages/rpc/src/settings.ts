import type {
  AnyTRPCRootTypes,
  AnyTRPCRouter,
  inferRouterContext,
  TRPCRootConfig,
} from '@trpc/server';
import { createDeadlineRouter } from './adapter-fallback/deadline-router.js';
import type { RpcOptions } from './options.js';

/** Options of the handler with their defaults. */
export interface Settings {
  readonly options: RpcOptions<inferRouterContext<AnyTRPCRouter>>;
  readonly router: AnyTRPCRouter;
  /** Router for tRPC's adapter, whose calls fail at the deadline. */
  readonly deadlineRouter: AnyTRPCRouter;
  readonly config: TRPCRootConfig<AnyTRPCRootTypes>;
  /** Base path with a leading slash and without a trailing one: `/trpc`, or empty. */
  readonly base: string;
  readonly maxBatchSize: number;
  /** Maximum body size in bytes. */
  readonly bodyLimit: number;
  /** Milliseconds; 0 disables the deadline. */
  readonly deadlineMs: number;
}

export function createSettings(router: AnyTRPCRouter, options: Settings['options']): Settings {
  const names = (options.basePath ?? '/trpc').split('/').filter((name) => name !== '');
  const deadlineMs = options.deadlineMs ?? 10_000;
  return {
    options,
    router,
    deadlineRouter: createDeadlineRouter(router, deadlineMs),
    config: router._def._config,
    base: names.map((name) => `/${name}`).join(''),
    maxBatchSize: options.maxBatchSize ?? 10,
    bodyLimit: options.bodyLimit ?? 102_400,
    deadlineMs,
  };
}
