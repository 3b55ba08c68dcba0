import { cycle } from './cycle.js';
import type { Comparison, Target } from './target.js';

/** Sends the first requests of a target, one at a time. Throws on a wrong status or content. */
async function probe(target: Target, count: number): Promise<void> {
  const { name, server, status = 200, check } = target;
  await target.before?.();
  const next = cycle(target.requests());
  for (let sent = 0; sent < count; sent += 1) {
    const { method, path, headers, body } = next();
    const response = await fetch(`${server.origin}${path}`, { method, headers, body });
    const text = await response.text();
    if (response.status !== status)
      throw new Error(`${name}: ${method} ${path} returned ${response.status}: ${text}`);
    check(JSON.parse(text));
  }
}

/** Probes all targets of a comparison. */
export async function probeAll({ targets }: Comparison, count: number): Promise<void> {
  for (const target of targets) await probe(target, count);
}
