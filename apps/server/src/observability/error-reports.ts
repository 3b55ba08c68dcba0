/** Context of an error. Must not contain request or response data. */
export interface ErrorContext {
  kind: 'request' | 'job' | 'process';
  requestId?: string | undefined;
  /** Path of the procedure, such as `dashboards.get`. */
  procedure?: string | undefined;
  /** Name of the task in the job queue. */
  task?: string | undefined;
  userId?: string | undefined;
}

/** Reports unexpected errors to the operator. */
export interface ErrorReports {
  /** Never throws, never waits. */
  report(error: unknown, context: ErrorContext): void;
  /** Sends pending reports for at most two seconds, then closes the connection. */
  close(): Promise<void>;
}

/** Discards reports. */
export const noErrorReports: ErrorReports = { report: () => {}, close: async () => {} };
