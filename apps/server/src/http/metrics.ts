import { timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Middleware } from './middleware.js';

const faces = new Set(['trpc', 'api', 'docs', 'redoc']);

/** The part of the service a path belongs to; a closed set, so that a client cannot grow the metrics. */
function faceOf(path: string): string {
  const end = path.indexOf('/', 1);
  const first = path.slice(1, end < 0 ? undefined : end);
  return faces.has(first) ? first : 'other';
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Prometheus metrics of one server: its own registry, so that several servers can live in one process. */
export function createMetrics(token: string | undefined) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['face', 'method', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });

  /** Open to a bearer of the token, or to this machine itself when no proxy stands between. */
  const mayRead: Middleware = (req, res, next) => {
    const direct =
      loopback.has(req.socket.remoteAddress ?? '') &&
      req.headers.forwarded === undefined &&
      req.headers['x-forwarded-for'] === undefined;
    const bearer = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined ? direct : bearer !== undefined && sameText(bearer, token)) return next();
    res
      .writeHead(403, { 'content-type': 'text/plain' })
      .end('Metrics are for METRICS_TOKEN or, where none is set, for this machine itself.\n');
  };

  const show: Middleware = (_req, res, next) => {
    registry.metrics().then((text) => res.writeHead(200, { 'content-type': registry.contentType }).end(text), next);
  };

  return {
    mayRead,
    show,
    /** Notes the end of a request; `duration` in seconds. */
    observe(path: string, method: string, status: number, duration: number): void {
      durations.observe({ face: faceOf(path), method: methods.has(method) ? method : 'other', status }, duration);
    },
    close: () => registry.clear(),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
