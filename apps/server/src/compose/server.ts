import { setTimeout as delay } from 'node:timers/promises';
import { appRouter, privateApiRouter } from '@synap/api';
import type { Meta } from '@synap/contracts';
import {
  createModuleStore,
  createModuleSync,
  createRepositories,
  createServices,
  createTransaction,
  uuidv7,
} from '@synap/core';
import { renderMail } from '@synap/mail';
import { createModuleRegistry, createWidgetCache, discoverModules } from '@synap/module-runtime';
import {
  createAccessTokens,
  createPasswordHasher,
  createRefreshTokens,
  createSecretBox,
  signingKeysOf,
} from '@synap/security';
import type { Logger } from 'pino';
import type { HeartbeatTimes } from '../background/heartbeat.js';
import { subscribeToIdentityChanges } from '../background/identity-invalidation.js';
import { startWorker, type Worker } from '../background/worker.js';
import { scheduledBackup } from '../backup/scheduled.js';
import type { Environment } from '../config/env.js';
import { packageFolder } from '../config/paths.js';
import { basePathOf, originOf } from '../config/public-url.js';
import { resolvePrivateToken, resolveSecrets } from '../config/secrets.js';
import { unknownSettings } from '../config/unknown-settings.js';
import { version } from '../config/version.js';
import { createAddressOf } from '../http/address.js';
import { createApp } from '../http/app.js';
import { type ConnectionLimits, resolveConnectionLimits } from '../http/connections/index.js';
import { createFaultResponder } from '../http/fault-responder.js';
import {
  createApiLimits,
  createIdentityLimits,
  openLimitStores,
  purgeRateLimits,
} from '../http/limits/index.js';
import { type Listener, listen } from '../http/listener.js';
import { createMetrics, type Metrics } from '../http/metrics.js';
import { createRefreshCookies } from '../http/refresh-cookie.js';
import { restPath } from '../http/transports.js';
import { type ErrorReports, noErrorReports } from '../observability/error-reports.js';
import { openApiDocument } from '../openapi/document.js';
import { listRoutes } from '../openapi/routes.js';
import { bootstrapAdmin } from '../startup/bootstrap-admin.js';
import { createDatabaseBootstrap } from '../startup/database-bootstrap.js';
import { type CloseStack, createCloseStack } from './close-stack.js';
import { openDatabase } from './database.js';
import { createDelivery, createMailTransport } from './mail.js';

/** Longest wait for modules during the start, in milliseconds. */
const moduleStartTimeoutMs = 5000;

/**
 * Bounds of concurrent sync jobs, by default one per module. A job mostly waits for its module's
 * process and needs few resources here.
 */
const minSyncConcurrency = 4;
const maxSyncConcurrency = 32;

export interface ServerOptions {
  environment: Environment;
  /** Unparsed environment variables; modules read their configuration from them. */
  variables: Record<string, string | undefined>;
  log: Logger;
  /** Prints one line to the operator. */
  print: (line: string) => void;
  /** Receives unexpected errors. The caller closes it. */
  errors?: ErrorReports;
  /** Overrides the default time-outs and bounds of connections; for tests. */
  connectionLimits?: Partial<ConnectionLimits>;
  /** Overrides the intervals of the worker's heartbeat; for tests. */
  heartbeat?: HeartbeatTimes;
}

export interface RunningServer {
  /** Port of the listener; undefined for a worker without HTTP. */
  port: number | undefined;
  /**
   * Port on the loopback address that serves metrics without a token; undefined without
   * `METRICS_PORT`.
   */
  metricsPort: number | undefined;
  /**
   * Resolves when the database is migrated and the worker runs. Rejects if these settings can never
   * work.
   */
  ready: Promise<void>;
  /** Shuts down in order. Requests in progress get 20 s. */
  close(): Promise<void>;
}

/** Starts the service. If the start fails, closes everything it opened and rejects. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const opened = createCloseStack(options.log);
  try {
    return await compose(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Composition root: creates every component once and passes it on as an argument. */
async function compose(
  {
    environment,
    variables,
    log,
    print,
    errors = noErrorReports,
    connectionLimits,
    heartbeat,
  }: ServerOptions,
  stack: CloseStack,
): Promise<RunningServer> {
  const secrets = await resolveSecrets(environment);
  const privateToken = await resolvePrivateToken(environment);
  const opened = await openDatabase(environment, log, print);
  stack.add(opened.close);
  const { database, url, directUrl } = opened;
  const repositories = createRepositories(database.db, database.sql);
  const secretBox = createSecretBox({ keys: signingKeysOf(secrets.encryption) });
  const mailTransport = createMailTransport(environment);
  stack.add(() => mailTransport.close());
  const store = createModuleStore(repositories);

  const discovered = await discoverModules({
    from: packageFolder,
    modulesDir: environment.modulesDir,
  });
  const registry = createModuleRegistry({
    discovered,
    environment: variables,
    hostServices: { store: store.store },
    log,
  });
  stack.add(() => registry.close());
  void registry.settled().then(() => {
    for (const { text } of unknownSettings(variables, registry.variables())) log.warn(text);
  });
  const widgetCache = createWidgetCache({ load: registry.load });

  // Worker-only processes serve no requests and need no limits.
  const redisUrl = environment.role === 'worker' ? undefined : environment.redisUrl;
  const limitStores = await openLimitStores({ redisUrl, url: directUrl, log });
  stack.add(limitStores.close);

  let worker: Worker | undefined;
  stack.add(() => worker?.close());
  let resolveReady = () => {};
  let rejectReady: (error: unknown) => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    resolveReady = resolve;
    rejectReady = reject;
  });
  // Prevents an unhandled rejection if no caller awaits it.
  ready.catch(() => undefined);

  const databaseBootstrap = createDatabaseBootstrap({
    url,
    directUrl,
    pooler: environment.database.pooler,
    database,
    migrate: environment.migrate,
    log,
    print,
    async onReady() {
      await bootstrapAdmin(core, environment, print);
      // Modules start concurrently; one that hangs must not delay the rest.
      await Promise.race([
        registry.settled(),
        delay(moduleStartTimeoutMs, undefined, { ref: false }),
      ]);
      if (environment.role !== 'server') {
        const sync = createModuleSync({
          runs: repositories.runs,
          transaction: createTransaction(database),
          registry,
          store,
          newId: () => uuidv7(),
          onSynced: (moduleId) => widgetCache.expire(moduleId),
        });
        worker = startWorker({
          url: directUrl,
          sync,
          syncConcurrency: Math.min(
            Math.max(minSyncConcurrency, discovered.length),
            maxSyncConcurrency,
          ),
          mail: createDelivery({
            mails: repositories.mails,
            box: secretBox,
            transport: mailTransport,
            compose: core.composeMail,
            log,
            errors,
          }),
          log,
          errors,
          heartbeat,
          purges: [
            ...core.purges,
            store.purge,
            core.idempotency.purge,
            () => purgeRateLimits(database.pool),
          ],
          backup: scheduledBackup({ environment, url: directUrl, secrets, log }),
        });
      }
      resolveReady();
    },
  });

  const router = environment.privateApi ? privateApiRouter : appRouter;
  const basePath = basePathOf(environment);
  const core = createServices({
    database,
    registry,
    widgetCache,
    databaseState: databaseBootstrap.state,
    probeDatabase: databaseBootstrap.checkReadiness,
    hasher: createPasswordHasher(),
    accessTokens: createAccessTokens({
      keys: signingKeysOf(secrets.access),
      issuer: 'synap',
      audience: 'synap',
    }),
    refreshTokens: createRefreshTokens({ keys: signingKeysOf(secrets.refresh) }),
    secretBox,
    renderMail,
    verifyEmail: environment.verifyEmail,
    passwordGrant: environment.passwordGrant,
    linkTo: (path) => `${originOf(environment, listener?.port)}${path}`,
    localDomains: environment.environment === 'local',
    guard: createIdentityLimits(environment.rateLimitFactor, limitStores.identity),
    meta: metaOf(environment),
    routes: listRoutes(`${basePath}${restPath}`, router),
  });

  const metrics = createMetrics();
  stack.add(() => metrics.close());
  let closing = false;
  let listener: Listener | undefined;
  let metricsListener: Listener | undefined;
  if (environment.role !== 'worker') {
    const addressOf = createAddressOf(environment.trustProxy);
    const limits = resolveConnectionLimits(
      { maxConnections: environment.maxConnections, ...connectionLimits },
      log,
    );
    const app = createApp({
      router,
      basePath,
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
      callMs: limits.callMs,
      limits: createApiLimits(environment.rateLimitFactor, addressOf, limitStores.api),
      notReadyReason: databaseBootstrap.notReadyReason,
      isClosing: () => closing,
      document: openApiDocument(`${basePath}${restPath}`, {
        router,
        passwordGrant: environment.passwordGrant,
      }),
    });
    const { host, port } = environment;
    const respondToFault = createFaultResponder(environment, log);
    listener = await listen(app, {
      host,
      port,
      limits,
      observer: metrics.connections,
      respondToFault,
      log,
    });
    metricsListener = await listenForMetrics(environment, metrics, limits, log).catch(
      async (error: unknown) => {
        // An open port would keep the process alive after a failed start.
        await listener?.close(0);
        throw error;
      },
    );
  }
  // Worker-only processes cache no identities.
  const identitySubscription =
    listener && subscribeToIdentityChanges({ url: directUrl, identity: core.identity, log });
  if (environment.rateLimitFactor > 1)
    log.warn(
      { factor: environment.rateLimitFactor },
      'rate limits are raised by RATE_LIMIT_FACTOR',
    );
  stack.add(() => identitySubscription?.close());
  const bootstrapping = databaseBootstrap.run().catch(rejectReady);

  const close = async () => {
    closing = true;
    databaseBootstrap.stop();
    listener?.endKeepAlive();
    await delay(environment.shutdownDelay);
    await Promise.all([listener?.close(20_000), metricsListener?.close(1000), bootstrapping]);
    await stack.close();
  };
  let closed: Promise<void> | undefined;
  return {
    port: listener?.port,
    metricsPort: metricsListener?.port,
    ready,
    close: () => (closed ??= close()),
  };
}

/**
 * Serves metrics without a token on the loopback address only. A reverse proxy does not forward to
 * this port by accident.
 */
async function listenForMetrics(
  environment: Environment,
  { showWithoutToken }: Metrics,
  limits: ConnectionLimits,
  log: Logger,
): Promise<Listener | undefined> {
  const { metricsPort: port } = environment;
  if (port === undefined) return undefined;
  const respondToFault = createFaultResponder(environment, log);
  const observer = { onClose: () => undefined, onSweep: () => undefined };
  return listen(showWithoutToken, {
    host: '127.0.0.1',
    port,
    variable: 'METRICS_PORT',
    limits,
    observer,
    respondToFault,
    log,
  });
}

function metaOf({ environment, signup, docs, publicUrl }: Environment): Meta {
  return {
    name: 'Synap',
    version,
    environment,
    signup,
    docs: docs ? `${basePathOf({ publicUrl })}/docs` : null,
  };
}
