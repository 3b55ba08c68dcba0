import type { Logger } from 'pino';
import { startServer } from '../compose/server.js';
import type { ServerOptions } from '../compose/server-context.js';
import { type Environment, EnvironmentError, readEnvironment } from '../config/env.js';
import { originOf } from '../config/public-url.js';
import { unknownSettings } from '../config/unknown-settings.js';
import type { ErrorReports } from '../observability/error-reports.js';
import { createLogger } from '../observability/logger.js';
import { openErrorReports } from '../observability/open-error-reports.js';
import { preflight } from '../startup/preflight.js';

/** Milliseconds from closing the listener, or a failed start, until the process exits by force. */
const hardExitMs = 25_000;

/** Milliseconds that a process gets to exit by itself after a failed start and its clean-up. */
const failedStartExitMs = 5000;

/** Runs the server until a signal ends it. */
export async function start(variables: NodeJS.ProcessEnv): Promise<number> {
  const { environment, faults } = readEnvironment(variables);
  faults.push(...(await preflight(environment)).map(({ name, message }) => `${name}: ${message}`));
  if (faults.length > 0) {
    // A missing setting may be misspelled. Names of module settings are not known yet.
    const misspelled = unknownSettings(variables, []).filter(
      ({ closest }) => closest !== undefined,
    );
    throw new EnvironmentError([...faults, ...misspelled.map(({ text }) => text)]);
  }
  const { log, flush } = createLogger(environment);
  const print = (line: string) => console.log(line);
  print(`Starting Synap (${environment.environment}), data in ${environment.dataDir}`);

  const ended = waitForEndSignal();
  const errors = await openErrorReports(environment);
  exitOnUncaughtException(log, errors, flush);
  // Applies from the signal on, even if the start is still in progress.
  void ended.then(() => exitAfter(environment.shutdownDelay + hardExitMs));
  const options = { environment, variables, log, print, errors };
  const code = await serve(options, ended).catch((error: unknown) => {
    printFault(error);
    return 1;
  });
  await errors.close();
  flush();
  print('Synap has stopped.');
  // Open handles may remain after a failed start.
  if (code !== 0) exitAfter(failedStartExitMs);
  return code;
}

/** Serves until the end signal, or until the start fails. Returns the exit code. */
async function serve(options: ServerOptions, ended: Promise<string>): Promise<number> {
  const { environment, print } = options;
  const server = await startServer(options);
  const failed = server.ready.then(() => {
    announce(environment, server.port, print);
    return new Promise<never>(() => {});
  });
  try {
    print(`Shutting down (${await Promise.race([ended, failed])}) …`);
    return 0;
  } catch (error) {
    // Printed before closing, which takes a while and may hang.
    printFault(error);
    exitAfter(hardExitMs);
    return 1;
  } finally {
    await server.close();
  }
}

function announce(
  environment: Environment,
  port: number | undefined,
  print: ServerOptions['print'],
): void {
  if (port === undefined) return print('Synap is ready: worker without HTTP');
  const origin = originOf(environment, port);
  print(`Synap is ready: ${origin}`);
  if (environment.docs) print(`  docs  ${origin}/docs`);
  print(`  REST  ${origin}/api/v1`);
  print(`  RPC   ${origin}/trpc`);
}

function printFault(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

/** Exits by force, unless the process ends by itself before. */
const exitAfter = (ms: number) => void setTimeout(() => process.exit(1), ms).unref();

/**
 * Logs and reports an uncaught exception or rejection, then exits, because the process state is
 * unknown.
 */
function exitOnUncaughtException(log: Logger, errors: ErrorReports, flush: () => void): void {
  process.once('uncaughtException', async (error) => {
    log.fatal({ err: error }, 'uncaught exception, exiting');
    errors.report(error, { kind: 'process' });
    await errors.close();
    flush();
    process.exit(1);
  });
}

/**
 * Resolves at the first termination signal, or when the parent process ends. A second Ctrl-C exits
 * at once.
 */
function waitForEndSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once('disconnect', () => resolve('the parent process has ended'));
    process.channel?.unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      let seen = false;
      process.on(signal, () => {
        if (seen && signal === 'SIGINT') process.exit(130);
        seen = true;
        resolve(signal);
      });
    }
  });
}
