import autocannon from 'autocannon';

export interface Target {
  name: string;
  url: string;
  headers?: Record<string, string>;
  /** Reference target of the ratio. */
  against?: string;
}

export interface Figures {
  name: string;
  /** Mean over the run. */
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Requests per second relative to the reference. */
  ratio?: number;
}

/**
 * Loads one target with 16 connections. Throws on an unsuccessful response, because figures of
 * errors are meaningless.
 */
async function load({ name, url, headers }: Target, seconds: number): Promise<Figures> {
  const result = await autocannon({ url, headers, connections: 16, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${name}: ${result.non2xx} unsuccessful responses, ${result.errors} errors`);
  return {
    name,
    requestsPerSecond: Math.round(result.requests.average),
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

/**
 * Loads all targets in turn, `rounds` times, and returns the best round of each: other load on the
 * machine only slows a round.
 */
export async function compare(
  targets: readonly Target[],
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Figures[]> {
  for (const target of targets) await load(target, 2);
  const best = new Map<string, Figures>();
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) {
      const figures = await load(target, seconds);
      if (figures.requestsPerSecond > (best.get(target.name)?.requestsPerSecond ?? 0))
        best.set(target.name, figures);
    }
  }
  return targets.flatMap(({ name, against }) => {
    const figures = best.get(name);
    if (!figures) return [];
    const reference = against === undefined ? undefined : best.get(against)?.requestsPerSecond;
    return reference === undefined
      ? [figures]
      : [{ ...figures, ratio: Number((figures.requestsPerSecond / reference).toFixed(3)) }];
  });
}
