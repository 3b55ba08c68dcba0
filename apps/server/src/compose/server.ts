import { createMetrics } from '../observability/metrics.js';
import { createBackground } from './background.js';
import { createBootstrap } from './bootstrap.js';
import { type CloseStack, createCloseStack } from './close-stack.js';
import { createCore } from './core.js';
import { openDatabase } from './database.js';
import { openHttp } from './http.js';
import { openLimits } from './limits.js';
import { createMailTransport } from './mail.js';
import { openModules } from './modules.js';
import { createServerContext, type ServerOptions } from './server-context.js';

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
  const stack = createCloseStack(options.log);
  try {
    return await compose(options, stack);
  } catch (error) {
    await stack.close();
    throw error;
  }
}

/**
 * Composition root: creates every component once and passes it on as an argument. Resources go on
 * the stack as they open; it closes them in reverse order, even after a failed start.
 */
async function compose(options: ServerOptions, stack: CloseStack): Promise<RunningServer> {
  const context = await createServerContext(options);
  const metrics = createMetrics();
  stack.add(metrics.close);
  const database = await openDatabase(context, { metrics }, stack);
  const mailTransport = createMailTransport(context.environment);
  stack.add(mailTransport.close);
  const modules = await openModules(context, { database }, stack);
  const limits = await openLimits(context, { database }, stack);
  const core = createCore(context, { database, modules, limits });
  const background = createBackground(context, { database, mailTransport, modules, core });
  stack.add(background.close);
  const bootstrap = createBootstrap(context, { database, core, modules, background });
  stack.add(bootstrap.close);

  const http = await openHttp(context, { metrics, database, limits, core }, stack);
  context.origin.listeningOn(http.port);

  const ready = bootstrap.start();
  stack.add(bootstrap.stop);
  return { port: http.port, metricsPort: http.metricsPort, ready, close: stack.close };
}
