import { appRouter, readProblemSource } from '@synap/api';
import { AppError } from '@synap/contracts';
import { createRestHandler } from '@synap/rest';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import cors from 'cors';
import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Environment } from '../env.js';
import { type ContextDeps, createContextFactory } from './context.js';
import { createDocs } from './docs.js';
import type { Metrics } from './metrics.js';
import type { Middleware } from './middleware.js';
import { nothingHere, sendProblem, unexpected } from './problems.js';
import { createRequestLog } from './request-log.js';

export const rpcPath = '/trpc';
export const restPath = '/api/v1';
const maxBatchSize = 10;
const bodyLimit = 100 * 1024;

export interface AppDeps extends ContextDeps {
  environment: Environment;
  log: Logger;
  metrics: Metrics;
  /** What keeps the service from being ready; undefined when nothing does. */
  hindrance: () => Promise<string | undefined>;
  /** True once the service is about to end. */
  isClosing: () => boolean;
  /** The OpenAPI document as it is served. */
  document: object;
}

/** Puts the faces of the service together: probes, RPC, REST, documents. */
export function createApp(deps: AppDeps): Express {
  const { environment, log, metrics, limits } = deps;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');

  app.use(createRequestLog(log), metrics.measure);
  app.use(createProbes(deps));
  app.use(securityHeaders(environment));
  if (environment.corsOrigins.length > 0)
    app.use(cors({ origin: environment.corsOrigins, credentials: true, maxAge: 600, exposedHeaders }));
  app.use(endConnections(deps));
  if (environment.docs) app.use(createDocs(`${restPath}/openapi.json`));
  app.get('/', (_req, res) => res.redirect(302, environment.docs ? '/docs' : `${restPath}/health`));
  app.get(`${restPath}/openapi.json`, (_req, res) => void res.json(deps.document));
  app.use([rpcPath, '/api'], limits.countAddress);
  app.use(rpcPath, ...createRpc(deps));
  app.use(createRest(deps));
  app.use(nothingHere, unexpected);
  return app;
}

const exposedHeaders = [
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'ETag',
  'Link',
  'Location',
  'Deprecation',
];

function securityHeaders({ publicUrl }: Environment): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    strictTransportSecurity: publicUrl?.startsWith('https:') ?? false,
  });
}

/** Liveness never touches the database; readiness does. */
function createProbes({ metrics, hindrance, isClosing }: AppDeps): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => void res.type('text/plain').send('ok\n'));
  router.get('/readyz', async (_req, res) => {
    const reason = isClosing() ? 'shutting down' : await hindrance();
    res
      .status(reason ? 503 : 200)
      .type('text/plain')
      .send(`${reason ?? 'ready'}\n`);
  });
  router.get('/metrics', metrics.mayRead, metrics.show);
  return router;
}

/** While the service ends, answers tell the client to take another connection. */
function endConnections({ isClosing }: AppDeps): RequestHandler {
  return (_req, res, next) => {
    if (isClosing()) res.setHeader('connection', 'close');
    next();
  };
}

/** Mutations come as JSON only: another content type could be sent by a foreign page without a preflight. */
const jsonOnly: Middleware = (req, res, next) => {
  if (req.method !== 'POST' || /^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) return next();
  sendProblem(req, res, new AppError('bad_request', 'Send mutations as application/json.'));
};

function createRpc(deps: AppDeps): RequestHandler[] {
  const contextOf = createContextFactory(deps);
  const serve = createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    maxBodySize: bodyLimit,
    createContext: ({ req, info }) => contextOf(req, info.signal, info.calls.length),
    onError: ({ error, req }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') req.log.error({ err: error.cause ?? error }, 'unexpected error');
    },
  });
  return [jsonOnly, serve];
}

function createRest(deps: AppDeps): RequestHandler {
  const contextOf = createContextFactory(deps);
  return createRestHandler({
    router: appRouter,
    basePath: restPath,
    deprecatedBasePaths: [{ path: '/api', since: '2026-11-21' }],
    bodyLimit,
    requestId: (req) => String(req.id),
    readProblemSource,
    createContext: ({ req, signal }) => contextOf(req, signal),
    onError: ({ error, req }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') req.log.error({ err: error.cause ?? error }, 'unexpected error');
    },
  });
}
