import { destination, type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Environment } from './env.js';

/** What is told of an error. Its other properties stay out: drivers hang their connections and parameters on errors. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { type: name, message, code, stack, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
}

export const serializers: LoggerOptions['serializers'] = { err: describeError, error: describeError, fatalError: describeError };

/** JSON lines on standard output; on a terminal the same for people. Buffered, and written out at the end. */
export function createLogger({ logLevel }: Pick<Environment, 'logLevel'>): { log: Logger; flush: () => void } {
  if (process.stdout.isTTY) {
    const stream = pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
    return { log: pino({ level: logLevel, serializers }, stream), flush: () => {} };
  }
  const stream = destination({ fd: 1, sync: false, minLength: 4096 });
  const timer = setInterval(() => stream.flush(), 1000).unref();
  const flush = () => {
    clearInterval(timer);
    stream.flushSync();
  };
  return {
    log: pino({ level: logLevel, base: undefined, serializers, timestamp: pino.stdTimeFunctions.isoTime }, stream),
    flush,
  };
}
