import type { IncomingMessage, RequestListener } from 'node:http';
import type { OpenApiDocument } from '@synap/rest';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Environment } from '../config/env.js';
import { basePathOf } from '../config/public-url.js';
import type { Metrics } from '../observability/metrics.js';
import { createAccountPages } from './account-pages.js';
import { removeBasePath } from './base-path.js';
import { createClientPackage } from './client-package.js';
import { createOriginRule } from './cors-rule.js';
import { createDocs } from './docs.js';
import { createDocuments, isDocumentRequest } from './documents.js';
import { requireBearer, serveMetrics } from './metrics-endpoint.js';
import { compose, type ErrorHandler, type Middleware } from './middleware.js';
import { rejectCrossSiteForms } from './origins.js';
import { isLivenessProbe, type ProbeDeps, respondAlive, serveProbes } from './probes.js';
import { createFallbackErrorHandler, handleNotFound, sendProblem } from './problems.js';
import { respondToOptions, serveReadOnly } from './read-only.js';
import { normalizeHead, rejectMalformed } from './request-head.js';
import { createRequestLogger } from './request-logging.js';
import { crossOriginHeaders, noStore, securityHeaders } from './response-headers.js';
import { createStartPage, isOverviewRequest } from './start-page.js';
import {
  createRest,
  createRpc,
  createRpcErrorHandler,
  rpcPath,
  type TransportDeps,
} from './transports.js';

export interface AppDeps extends TransportDeps, ProbeDeps {
  environment: Environment;
  log: Logger;
  metrics: Metrics;
  /** OpenAPI document to serve. */
  document: OpenApiDocument;
}

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
  serveProbes(app, { notReadyReason, isClosing });
  if (environment.metricsToken !== undefined) {
    serveReadOnly(app, '/metrics', requireBearer(environment.metricsToken), serveMetrics(metrics));
  }
  app.use(createStartPage(environment));
  app.use(createAccountPages());
  app.use(createDocuments(document));
  app.use(createClientPackage());
  if (environment.docs) app.use(createDocs(basePathOf(environment)));
  app.use(handleNotFound, createFallbackErrorHandler({ log, errors }));
  return app;
}
