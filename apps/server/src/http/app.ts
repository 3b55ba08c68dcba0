import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { OpenApiDocument } from '@synap/rest';
import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Environment } from '../config/env.js';
import { basePathOf } from '../config/public-url.js';
import { createAccountPages } from './account-pages.js';
import { removeBasePath } from './base-path.js';
import { createClientPackage } from './client-package.js';
import { createOriginRule, type OriginRule } from './cors-rule.js';
import { createDocs } from './docs.js';
import { createDocuments, isDocumentRequest } from './documents.js';
import { type Metrics, requireBearer } from './metrics.js';
import { compose, type ErrorHandler, type Middleware, pathOf } from './middleware.js';
import { rejectCrossSiteForms } from './origins.js';
import { createFallbackErrorHandler, handleNotFound, sendProblem } from './problems.js';
import { rejectWrites, respondToOptions, serveReadOnly } from './read-only.js';
import { isWellFormed, normalizeHead, rejectMalformed } from './request-head.js';
import { createRequestLogger } from './request-logging.js';
import { createStartPage, isOverviewRequest } from './start-page.js';
import {
  createRest,
  createRpc,
  createRpcErrorHandler,
  rpcPath,
  type TransportDeps,
} from './transports.js';

export interface AppDeps extends TransportDeps {
  environment: Environment;
  log: Logger;
  metrics: Metrics;
  /** Returns why the service is not ready; undefined if it is. */
  notReadyReason: () => Promise<string | undefined>;
  /** True once shutdown has begun. */
  isClosing: () => boolean;
  /** OpenAPI document to serve. */
  document: OpenApiDocument;
}

const exposedHeaders = [
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'ETag',
  'Link',
  'Location',
  'Deprecation',
  'Idempotency-Replayed',
];

/**
 * Exempt from rate limits, because a supervisor's probes must not be rejected. A constant response
 * costs less than a rejection.
 */
const livenessPath = '/healthz';

/**
 * Combines the transports of the service. RPC and REST bypass Express's router, which would cost a
 * third of the throughput; all other paths use Express. Every request counts against the limit of
 * its client's address.
 */
export function createApp(deps: AppDeps): RequestListener {
  const { environment, log, errors, metrics, limits } = deps;
  const handleError = createErrorHandler(deps);
  const count = limits.countAddress(handleError);
  const commonSteps = compose(
    removeBasePath(basePathOf(environment)),
    createRequestLogger(log, metrics, deps.addressOf),
    noStore,
    securityHeaders(environment),
    crossOriginHeaders(createOriginRule(environment, log)),
    (req, res, next) => (isLivenessProbe(req) ? respondAlive(res) : count(req, res, next)),
    rejectMalformed(handleError),
    endPreflight,
  );
  const rpc = createRpc(deps);
  const forms = rejectCrossSiteForms(environment, sendProblem);
  const rest = compose(forms, createRest(deps));
  const others = createOthers(deps);
  const handleUnexpected = createFallbackErrorHandler({ log, errors });

  return (req, res) => {
    normalizeHead(req);
    const fail = (error: unknown) => handleUnexpected(error, req, res, () => {});
    const fallThrough = (error?: unknown) => (error === undefined ? others(req, res) : fail(error));
    commonSteps(req, res, (error) => {
      if (error !== undefined) fail(error);
      else if (isRpc(req)) rpc(req, res, fallThrough);
      else if (isRest(req)) rest(req, res, fallThrough);
      else others(req, res);
    });
  };
}

const isRpc = ({ url = '/' }: IncomingMessage): boolean => url.startsWith(`${rpcPath}/`);
const isRest = (req: IncomingMessage): boolean =>
  (req.url ?? '/').startsWith('/api/') && !isDocumentRequest(req) && !isOverviewRequest(req);

/** Sends errors in the format of the transport that the request uses. */
function createErrorHandler(deps: AppDeps): ErrorHandler {
  const handleRpcError = createRpcErrorHandler(deps);
  return (req, res, error) => (isRpc(req) ? handleRpcError : sendProblem)(req, res, error);
}

const isLivenessProbe = (req: IncomingMessage): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') &&
  pathOf(req) === livenessPath &&
  isWellFormed(req);

/** Does not query the database; readiness does. */
function respondAlive(res: ServerResponse): void {
  res
    .writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 3 })
    .end('ok\n');
}

const crossOriginHeaders = (origin: OriginRule): Middleware =>
  cors({ origin, credentials: true, maxAge: 600, exposedHeaders, preflightContinue: true });

/**
 * Ends CORS preflights after the rate limits, unlike the `cors` package. Also answers `OPTIONS *`;
 * other `OPTIONS` requests reach their route.
 */
const endPreflight: Middleware = (req, res, next) => {
  if (req.method === 'OPTIONS' && (isPreflight(req) || req.url === '*'))
    res.writeHead(204, { 'content-length': 0 }).end();
  else if (req.method === 'OPTIONS' && isRpc(req))
    respondToOptions(res, 'GET, HEAD, POST, OPTIONS');
  else next();
};

const isPreflight = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Serves probes, documents and pages, and 404 for all other paths. */
function createOthers({
  environment,
  log,
  errors,
  metrics,
  notReadyReason,
  isClosing,
  document,
}: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.all(livenessPath, rejectWrites);
  serveReadOnly(app, '/readyz', async (_req, res) => {
    const reason = isClosing() ? 'shutting down' : await notReadyReason();
    if (reason) res.setHeader('retry-after', '5');
    res
      .status(reason ? 503 : 200)
      .type('text/plain')
      .send(`${reason ?? 'ready'}\n`);
  });
  if (environment.metricsToken !== undefined) {
    serveReadOnly(app, '/metrics', requireBearer(environment.metricsToken), metrics.show);
  }
  app.use(createStartPage(environment));
  app.use(createAccountPages());
  app.use(createDocuments(document));
  app.use(createClientPackage());
  if (environment.docs) app.use(createDocs(basePathOf(environment)));
  app.use(handleNotFound, createFallbackErrorHandler({ log, errors }));
  return app;
}

/** Sets the security headers of API responses; pages set their own content policy. */
function securityHeaders({ publicUrl }: Environment): Middleware {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  // Below a base path the host serves other applications, so HSTS must not bind its subdomains.
  const includeSubDomains = basePathOf({ publicUrl }) === '';
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // For browsers that do not support `frame-ancestors`.
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: isHttps && { includeSubDomains },
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

/**
 * Disables caching by default, because responses hold personal data or momentary state, and caches
 * may store a 404. Cacheable responses override it, such as pages and objects with an `ETag`.
 */
const noStore: Middleware = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  next();
};
