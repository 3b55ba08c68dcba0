import type { Logger } from 'pino';
import { prepareDataFolder } from '../data-folder.js';
import { originOf, parseEnvironment } from '../env.js';
import { type ErrorReports, openErrorReports } from '../error-reports.js';
import { createLogger } from '../logger.js';
import { startServer } from '../server.js';

/** Longest that ending may take before the process exits hard. */
const hardEnd = 30_000;

/** Runs the server until a signal ends it. */
export async function start(variables: NodeJS.ProcessEnv): Promise<number> {
  const environment = parseEnvironment(variables);
  await prepareDataFolder(environment.dataDir);
  const { log, flush } = createLogger(environment);
  const report = (line: string) => console.log(line);
  report(`Starting Synap (${environment.environment}), data in ${environment.dataDir}`);

  const ended = endSignal();
  const errors = await openErrorReports(environment);
  endAtFault(log, errors, flush);
  const server = await startServer({ environment, variables, log, report, errors });
  void server.ready.then(() => {
    if (server.port === undefined) return report('Synap is ready: worker without HTTP');
    const origin = originOf(environment, server.port);
    report(`Synap is ready: ${origin}`);
    if (environment.docs) report(`  docs  ${origin}/docs`);
    report(`  REST  ${origin}/api/v1`);
    report(`  RPC   ${origin}/trpc`);
  });

  const reason = await ended;
  report(`Ending (${reason}) …`);
  setTimeout(() => process.exit(1), hardEnd).unref();
  await server.close();
  await errors.close();
  report('Synap has ended.');
  flush();
  return 0;
}

/** What nobody caught, thrown or rejected, leaves the process in a state that nobody knows: it is told, and the process ends. */
function endAtFault(log: Logger, errors: ErrorReports, flush: () => void): void {
  process.once('uncaughtException', async (error) => {
    log.fatal({ err: error }, 'a fault that nobody caught ends the process');
    errors.report(error, { kind: 'process' });
    await errors.close();
    flush();
    process.exit(1);
  });
}

/** Resolves at the first signal to end, or when the program that started us is gone; a second Ctrl-C ends at once. */
function endSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once('disconnect', () => resolve('the starting program is gone'));
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
