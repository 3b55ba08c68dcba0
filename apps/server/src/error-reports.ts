import type { Environment } from './env.js';

/** Where an error came up. Nothing of what was asked or answered belongs here. */
export interface ErrorContext {
  kind: 'request' | 'job' | 'process';
  requestId?: string | undefined;
  /** Path of the procedure, such as `dashboards.get`. */
  procedure?: string | undefined;
  /** Name of the task in the job queue. */
  task?: string | undefined;
  userId?: string | undefined;
}

/** Tells whoever runs this of errors that no rule foresaw. */
export interface ErrorReports {
  /** Never throws, never waits. */
  report(error: unknown, context: ErrorContext): void;
  /** Sends what is left, for two seconds at most, and lets go of the connection. */
  close(): Promise<void>;
}

/** For whoever wants no reports. */
export const noErrorReports: ErrorReports = { report: () => {}, close: async () => {} };

/** Reports to Sentry, where SENTRY_DSN is set. Else its package is not even loaded. */
export async function openErrorReports({
  sentryDsn,
  environment,
}: Environment): Promise<ErrorReports> {
  if (sentryDsn === undefined) return noErrorReports;
  const { createSentryReports } = await import('./sentry.js');
  return createSentryReports({ dsn: sentryDsn, environment });
}
