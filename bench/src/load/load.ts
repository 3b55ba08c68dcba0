import type { Target } from './target.js';

export interface LoadOptions {
  connections: number;
  seconds: number;
}

/** Figures of one load. */
export interface LoadFigures {
  requests: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Some requests failed, or none completed: the figures of such a load are meaningless. */
export class FailedLoadError extends Error {}

/** Throws `FailedLoadError` unless all requests succeeded. */
export function assertSucceeded(
  name: string,
  requests: number,
  failures: Record<string, number>,
): void {
  const found = Object.entries(failures).filter(([, count]) => count > 0);
  if (found.length > 0)
    throw new FailedLoadError(
      `${name}: ${found.map(([kind, count]) => `${count} × ${kind}`).join(', ')}`,
    );
  if (requests === 0) throw new FailedLoadError(`${name}: no request completed`);
}

/** Loads a target. Throws on an unsuccessful response. */
export type Load = (target: Target, options: LoadOptions) => Promise<LoadFigures>;
