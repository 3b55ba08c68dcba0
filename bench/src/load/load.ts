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

type Failures = Record<string, number>;

/** Throws if requests failed, because figures of errors are meaningless. */
export function assertNoFailures(name: string, failures: Failures): void {
  const found = Object.entries(failures).filter(([, count]) => count > 0);
  if (found.length === 0) return;
  throw new Error(`${name}: ${found.map(([kind, count]) => `${count} × ${kind}`).join(', ')}`);
}

/** Loads a target. Throws on an unsuccessful response. */
export type Load = (target: Target, options: LoadOptions) => Promise<LoadFigures>;
