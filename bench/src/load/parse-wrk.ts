import { z } from 'zod';
import { assertSucceeded, type LoadFigures } from './load.js';

const count = z.number().int().min(0);
const summarySchema = z.object({
  requests: count,
  micros: z.number().positive(),
  p50: count,
  p99: count,
  failures: z.record(z.string(), count),
});

/**
 * Reads the summary that `requests.lua` prints after the report of wrk. Throws if it is missing, if
 * a request failed, or if none completed.
 */
export function parseWrk(name: string, output: string): LoadFigures {
  const line = output.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`${name}: wrk printed no summary:\n${output}`);
  const { requests, micros, p50, p99, failures } = summarySchema.parse(JSON.parse(line));
  assertSucceeded(name, requests, failures);
  return { requests, seconds: micros / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
}
