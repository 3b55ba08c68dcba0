import type {
  AnyTRPCRootTypes,
  AnyTRPCRouter,
  inferRouterContext,
  TRPCRootConfig,
} from '@trpc/server';
import { createDeadlineRouter } from './official/deadline-router.js';
import type { RpcOptions } from './options.js';

/** The handler's options with their defaults. */
export interface Settings {
  readonly options: RpcOptions<inferRouterContext<AnyTRPCRouter>>;
  readonly router: AnyTRPCRouter;
  /** The router for tRPC's adapter: its calls fail at the deadline. */
  readonly deadlineRouter: AnyTRPCRouter;
  readonly config: TRPCRootConfig<AnyTRPCRootTypes>;
  /** With its first slash and without its last: `/trpc`, or nothing. */
  readonly base: string;
  readonly maxBatchSize: number;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Milliseconds; 0 where there is no deadline. */
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
