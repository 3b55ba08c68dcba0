import type { Environment } from '../config/env.js';
import { type ErrorReports, noErrorReports } from './error-reports.js';

/** Reports to Sentry if SENTRY_DSN is set. Otherwise its package is not loaded. */
export async function openErrorReports({
  sentryDsn,
  environment,
}: Environment): Promise<ErrorReports> {
  if (sentryDsn === undefined) return noErrorReports;
  const { createSentryReports } = await import('./sentry.js');
  return createSentryReports({ dsn: sentryDsn, environment });
}
