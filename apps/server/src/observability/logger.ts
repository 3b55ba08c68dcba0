import { destination, type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Environment } from '../config/env.js';
import { scrubText } from './scrub.js';

/** Text for a thrown non-Error value, which may not be convertible to a string. */
export const describeThrown = (thrown: unknown) =>
  typeof thrown === 'object' || typeof thrown === 'function'
    ? `a thrown ${typeof thrown}`
    : String(thrown);

/** Maximum number of causes in a log line; a chain may be endless. */
const maxCauses = 5;

/**
 * Serializes an error for the log. Omits other properties, because drivers attach connections and
 * parameters to errors. Scrubs texts, because some libraries quote their input.
 */
export function describeError(error: unknown, causes = maxCauses): object {
  if (!(error instanceof Error)) return { message: scrubText(describeThrown(error)) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const description = {
    type: name,
    message: scrubText(message),
    code,
    stack: stack === undefined ? undefined : scrubText(stack),
  };
  return cause === undefined || causes === 0
    ? description
    : { ...description, cause: describeError(cause, causes - 1) };
}

const describe = (error: unknown) => describeError(error);

export const serializers: LoggerOptions['serializers'] = {
  err: describe,
  error: describe,
  fatalError: describe,
};

/**
 * Logs JSON lines to standard output, or readable lines on a terminal. Buffered; call `flush`
 * before exit.
 */
export function createLogger({ logLevel }: Pick<Environment, 'logLevel'>): {
  log: Logger;
  flush: () => void;
} {
  if (process.stdout.isTTY) {
    const stream = pretty({
      colorize: true,
      ignore: 'pid,hostname',
      translateTime: 'SYS:HH:MM:ss',
      sync: true,
    });
    return { log: pino({ level: logLevel, serializers }, stream), flush: () => {} };
  }
  const stream = destination({ fd: 1, sync: false, minLength: 4096 });
  const timer = setInterval(() => stream.flush(), 1000).unref();
  const flush = () => {
    clearInterval(timer);
    stream.flushSync();
  };
  return {
    log: pino(
      { level: logLevel, base: undefined, serializers, timestamp: pino.stdTimeFunctions.isoTime },
      stream,
    ),
    flush,
  };
}
