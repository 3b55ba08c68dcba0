import type { Bench } from '../bench.js';
import type { Comparison } from '../load/target.js';

/** Servers that do the same work, loaded in one comparison. */
export interface LoadScenario {
  name: string;
  /** One line for the heading of its table. */
  title: string;
  /** True if `--quick` includes it. */
  quick: boolean;
  prepare(bench: Bench): Promise<Comparison>;
}
