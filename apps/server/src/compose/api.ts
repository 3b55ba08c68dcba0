import { type AppRouter, appRouter, privateApiRouter } from '@synap/api';
import type { Environment } from '../config/env.js';
import { basePathOf } from '../config/public-url.js';
import { restPath } from '../http/transports.js';

/** Procedures to serve, and their paths as clients see them. */
export interface Api {
  router: AppRouter;
  /** Path of `PUBLIC_URL`; empty without one. */
  basePath: string;
  /** Path of REST below the base path. */
  restPath: string;
}

export function selectApi(environment: Pick<Environment, 'privateApi' | 'publicUrl'>): Api {
  const basePath = basePathOf(environment);
  return {
    router: environment.privateApi ? privateApiRouter : appRouter,
    basePath,
    restPath: `${basePath}${restPath}`,
  };
}
