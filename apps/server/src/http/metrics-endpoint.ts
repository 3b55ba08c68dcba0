import type { RequestListener } from 'node:http';
import { bearerToken } from '@synap/http';
import { isSameText } from '@synap/security';
import type { Metrics } from '../observability/metrics.js';
import { loopbackHost } from './address.js';
import { type Middleware, pathOf } from './middleware.js';

type MetricsText = Pick<Metrics, 'text' | 'contentType'>;

/** Requires the token as a bearer token. */
export function requireBearer(token: string): Middleware {
  return (req, res, next) => {
    const bearer = bearerToken(req.headers.authorization);
    if (bearer !== undefined && isSameText(bearer, token)) return next();
    const challenge =
      bearer === undefined
        ? 'Bearer'
        : 'Bearer error="invalid_token", error_description="Not METRICS_TOKEN"';
    const headers = { 'content-type': 'text/plain', 'www-authenticate': challenge };
    res.writeHead(401, headers).end('Send METRICS_TOKEN as "Authorization: Bearer …".\n');
  };
}

/** Sends the metrics. */
export const serveMetrics =
  ({ text, contentType }: MetricsText): Middleware =>
  (_req, res, next) => {
    text().then(
      (metrics) => res.writeHead(200, { 'content-type': contentType }).end(metrics),
      next,
    );
  };

/** Serves the metrics without a token, for a listener on the loopback address. */
export function serveMetricsLocally(metrics: MetricsText): RequestListener {
  const serve = serveMetrics(metrics);
  return (req, res) => {
    // Blocks DNS rebinding: a page whose host name resolves to this machine must not read them.
    const isAllowed = pathOf(req) === '/metrics' && loopbackHost.test(req.headers.host ?? '');
    const fail = () =>
      void res.writeHead(isAllowed ? 500 : 404, { 'content-type': 'text/plain' }).end();
    if (isAllowed && (req.method === 'GET' || req.method === 'HEAD')) serve(req, res, fail);
    else fail();
  };
}
