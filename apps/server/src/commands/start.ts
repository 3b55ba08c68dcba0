import type { Logger } from 'pino';
import { startServer } from '../compose/server.js';
import { EnvironmentError, readEnvironment } from '../config/env.js';
import { originOf } from '../config/public-url.js';
import { unknownSettings } from '../config/unknown-settings.js';
import type { ErrorReports } from '../observability/error-reports.js';
import { createLogger } from '../observability/logger.js';
import { openErrorReports } from '../observability/open-error-reports.js';
import { preflight } from '../startup/preflight.js';

/** Milliseconds from closing the listener until the process exits by force. */
const hardExitMs = 25_000;

/** Milliseconds that a process gets to exit by itself after a failed start. */
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
  void ended.then(() =>
    setTimeout(() => process.exit(1), environment.shutdownDelay + hardExitMs).unref(),
  );
  const server = await startServer({ environment, variables, log, print, errors }).catch(
    async (error: unknown) => {
      await errors.close();
      flush();
      exitSoon();
      throw error;
    },
  );
  const failed = server.ready.then(() => {
    if (server.port === undefined) print('Synap is ready: worker without HTTP');
    else announce(server.port);
    return new Promise<never>(() => {});
  });
  function announce(port: number): void {
    const origin = originOf(environment, port);
    print(`Synap is ready: ${origin}`);
    if (environment.docs) print(`  docs  ${origin}/docs`);
    print(`  REST  ${origin}/api/v1`);
    print(`  RPC   ${origin}/trpc`);
  }

  try {
    print(`Shutting down (${await Promise.race([ended, failed])}) …`);
  } catch (error) {
    exitSoon();
    throw error;
  } finally {
    await server.close();
    await errors.close();
    flush();
  }
  print('Synap has stopped.');
  return 0;
}

/** Exits after a failed start, even if open handles remain. */
const exitSoon = () => void setTimeout(() => process.exit(1), failedStartExitMs).unref();

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
