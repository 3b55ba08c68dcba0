import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ConnectionObserver } from '../http/connections/index.js';

const routeGroups = new Set(['trpc', 'api', 'docs', 'redoc']);

/** Maps a path to a closed set of labels, so that clients cannot grow the metrics. */
function routeGroupOf(path: string): string {
  const end = path.indexOf('/', 1);
  const first = path.slice(1, end < 0 ? undefined : end);
  return routeGroups.has(first) ? first : 'other';
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Creates the Prometheus metrics of one server. Each has a separate registry, so that several
 * servers can run in one process.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its response',
    labelNames: ['face', 'method', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const open = new Gauge({
    name: 'http_connections_open',
    help: 'Connections at the last check, at most one second ago',
    registers,
  });
  const held = new Gauge({
    name: 'http_held_bytes',
    help: 'Bytes of responses and bodies held for slow clients',
    registers,
  });
  const closed = new Counter({
    name: 'http_connections_closed_total',
    help: 'Connections closed because of their client, by reason',
    labelNames: ['reason'] as const,
    registers,
  });
  const reads = new Histogram({
    name: 'database_reads_per_statement',
    help: 'Reads answered by one statement, by the name of the statement',
    // The names are constants of the repositories.
    labelNames: ['statement'] as const,
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const connections: ConnectionObserver = {
    onClose: (reason) => closed.inc({ reason }),
    onSweep({ open: count, heldBytes }) {
      open.set(count);
      held.set(heldBytes);
    },
  };

  return {
    /** Media type of `text`. */
    contentType: registry.contentType,
    /** Returns all metrics in the text format of Prometheus. */
    text: () => registry.metrics(),
    connections,
    /** Records a statement that answers `count` reads. */
    observeBatch: (statement: string, count: number) => reads.observe({ statement }, count),
    /** Records the end of a request; `duration` is in seconds. */
    observe(path: string, method: string, status: number, duration: number): void {
      durations.observe(
        { face: routeGroupOf(path), method: methods.has(method) ? method : 'other', status },
        duration,
      );
    },
    close: () => registry.clear(),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
