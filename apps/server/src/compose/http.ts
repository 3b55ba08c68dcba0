import type { RequestListener } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Core } from '@synap/core';
import type { Logger } from 'pino';
import { subscribeToIdentityChanges } from '../background/identity-invalidation.js';
import type { Environment } from '../config/env.js';
import { type AppDeps, createApp } from '../http/app.js';
import { type ConnectionLimits, resolveConnectionLimits } from '../http/connections/index.js';
import { createFaultResponder } from '../http/fault-responder.js';
import { type Listener, listen } from '../http/listener.js';
import { serveMetricsLocally } from '../http/metrics-endpoint.js';
import { createRefreshCookies } from '../http/refresh-cookie.js';
import type { Metrics } from '../observability/metrics.js';
import { openApiDocument } from '../openapi/document.js';
import type { CloseStack } from './close-stack.js';
import type { OpenDatabase } from './database.js';
import type { OpenLimits } from './limits.js';
import type { ServerContext } from './server-context.js';

/** Milliseconds that requests in progress get at shutdown. */
const requestGraceMs = 20_000;
/** Closing follows that of the main listener, so only a scrape in progress gets time. */
const metricsGraceMs = 100;

export interface OpenHttp {
  /** Port of the listener; undefined for a worker without HTTP. */
  port: number | undefined;
  /** Port of the metrics; undefined without `METRICS_PORT`. */
  metricsPort: number | undefined;
}

interface HttpDeps {
  metrics: Metrics;
  database: Pick<OpenDatabase, 'directUrl' | 'readiness'>;
  limits: Pick<OpenLimits, 'api'>;
  core: Core;
}

/** Serves requests, unless this process only runs background jobs. */
export async function openHttp(
  context: ServerContext,
  deps: HttpDeps,
  stack: CloseStack,
): Promise<OpenHttp> {
  const { environment, log } = context;
  if (environment.role === 'worker') return { port: undefined, metricsPort: undefined };
  const limits = resolveConnectionLimits(
    { maxConnections: environment.maxConnections, ...context.connectionLimits },
    log,
  );
  const { metrics } = deps;
  const { identity } = deps.core;
  const { directUrl: url, readiness } = deps.database;
  stack.add(subscribeToIdentityChanges({ url, identity, log }).close);
  // Opened before the main listener, hence closed after it: shows requests in progress.
  const metricsListener = await listenForMetrics(environment, metrics, limits, log);
  stack.add(() => metricsListener?.close(metricsGraceMs));
  let isClosing = false;
  const app = composeApp(context, deps, {
    callMs: limits.callMs,
    isClosing: () => isClosing,
  });
  const { host, port } = environment;
  const { connections: observer } = metrics;
  const respondToFault = createFaultResponder(environment, log);
  const listener = await listen(app, { host, port, limits, observer, respondToFault, log });
  stack.add(() => listener.close(requestGraceMs));
  // Fails readiness but still serves, so that load balancers send no more requests.
  stack.add(async () => {
    isClosing = true;
    listener.endKeepAlive();
    // Load balancers send no requests to a process that was never ready.
    if (readiness.isPrepared()) await delay(environment.shutdownDelay);
  });
  return { port: listener.port, metricsPort: metricsListener?.port };
}

function composeApp(
  { environment, api, privateToken, addressOf, log, errors }: ServerContext,
  { metrics, database, limits, core }: HttpDeps,
  { callMs, isClosing }: Pick<AppDeps, 'callMs' | 'isClosing'>,
): RequestListener {
  return createApp({
    router: api.router,
    basePath: api.basePath,
    privateToken,
    environment,
    log,
    errors,
    metrics,
    addressOf,
    services: core.services,
    authenticate: core.authenticate,
    idempotency: core.idempotency,
    recordRefusal: core.recordRefusal,
    cookieOf: createRefreshCookies(environment),
    callMs,
    validateResponses: environment.validateResponses,
    limits: limits.api,
    notReadyReason: database.readiness.notReadyReason,
    isClosing,
    document: openApiDocument(api.restPath, {
      router: api.router,
      passwordGrant: environment.passwordGrant,
    }),
  });
}

/**
 * Serves metrics without a token on the loopback address only. A reverse proxy does not forward to
 * this port by accident.
 */
async function listenForMetrics(
  environment: Environment,
  metrics: Metrics,
  limits: ConnectionLimits,
  log: Logger,
): Promise<Listener | undefined> {
  const { metricsPort: port } = environment;
  if (port === undefined) return undefined;
  const respondToFault = createFaultResponder(environment, log);
  const observer = { onClose: () => undefined, onSweep: () => undefined };
  return listen(serveMetricsLocally(metrics), {
    host: '127.0.0.1',
    port,
    variable: 'METRICS_PORT',
    limits,
    observer,
    respondToFault,
    log,
  });
}
