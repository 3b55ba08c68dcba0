import autocannon from 'autocannon';
import { cycle } from './cycle.js';
import { assertSucceeded, type LoadFigures, type LoadOptions } from './load.js';
import type { Target } from './target.js';

/**
 * Loads a target from this process, which costs as much CPU time as a small server: it can be the
 * limit itself. Latencies have a resolution of one millisecond.
 */
export async function loadWithAutocannon(
  { name, server, requests }: Target,
  { connections, seconds }: LoadOptions,
): Promise<LoadFigures> {
  const next = cycle(requests());
  const result = await autocannon({
    url: server.origin,
    connections,
    duration: seconds,
    requests: [{ setupRequest: (request) => Object.assign(request, { body: undefined }, next()) }],
  });
  assertSucceeded(name, result['2xx'], { status: result.non2xx, error: result.errors });
  return {
    requests: result['2xx'],
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
