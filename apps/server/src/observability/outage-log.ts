import type { Logger } from 'pino';
import { databaseReason } from './database-reason.js';

/** Milliseconds until the same reason is logged again. */
const quietMs = 60_000;
const mostReasons = 100;

/**
 * Logs why the database made calls fail with 503, such as a full disk. Logs each reason once a
 * minute, however many calls fail.
 */
export function createOutageLog(log: Pick<Logger, 'warn'>, now: () => number = Date.now) {
  const loggedAt = new Map<string, number>();
  return (error: unknown, requestId: string): void => {
    const reason = databaseReason(error);
    if (now() - (loggedAt.get(reason) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    if (loggedAt.size >= mostReasons) loggedAt.clear();
    loggedAt.set(reason, now());
    log.warn({ err: error, requestId }, 'database unavailable: a call failed with 503');
  };
}
