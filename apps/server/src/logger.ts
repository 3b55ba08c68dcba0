import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Environment } from './env.js';

/** JSON lines on standard output; on a terminal the same for people. Buffered, and written out at the end. */
export function createLogger({ logLevel }: Pick<Environment, 'logLevel'>): { log: Logger; flush: () => void } {
  if (process.stdout.isTTY) {
    const stream = pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
    return { log: pino({ level: logLevel }, stream), flush: () => {} };
  }
  const stream = destination({ fd: 1, sync: false, minLength: 4096 });
  const timer = setInterval(() => stream.flush(), 1000).unref();
  const flush = () => {
    clearInterval(timer);
    stream.flushSync();
  };
  return { log: pino({ level: logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, stream), flush };
}
