import { createStackParser, createTransport, linkedErrorsIntegration, Scope } from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import { version } from '../config/version.js';
import type { ErrorContext, ErrorReports } from './error-reports.js';
import { describeThrown } from './logger.js';
import { scrub } from './scrub.js';

/** Longest wait for pending reports at exit, in milliseconds. */
const closeTimeoutMs = 2000;
/** Time-out of one request to the collector, in milliseconds. */
const sendTimeoutMs = 5000;

/**
 * Reports errors only, to Sentry or a compatible service. Uses a separate client instead of
 * `Sentry.init`, which would patch modules and record requests, console lines, queries and
 * breadcrumbs. Every event passes through `scrub`.
 */
export function createSentryReports({
  dsn,
  environment,
}: {
  dsn: string;
  environment: string;
}): ErrorReports {
  const closing = new AbortController();
  // Uses Sentry's core, because the Node.js package depends on bundler plug-ins with another
  // licence.
  const client = new ServerRuntimeClient({
    dsn,
    environment,
    release: `synap@${version}`,
    stackParser: createStackParser(nodeStackLineParser()),
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    integrations: [linkedErrorsIntegration()],
    sendClientReports: false,
    traceLifecycle: 'static',
    dataCollection: {
      userInfo: false,
      cookies: false,
      httpHeaders: false,
      httpBodies: [],
      urlQueryParams: false,
      databaseQueryData: false,
      queues: false,
      stackFrameVariables: false,
      frameContextLines: 0,
    },
    beforeSend({ sdkProcessingMetadata: _internal, ...event }) {
      return scrub(event);
    },
    // Tracing is off, so no transactions are sent.
    beforeBreadcrumb: () => null,
    // Uses fetch, because the package's transport has no time-out: a silent collector would keep
    // the process alive.
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const response = await fetch(options.url, {
          method: 'POST',
          body,
          redirect: 'error',
          headers: options.headers ?? {},
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(sendTimeoutMs)]),
        });
        await response.body?.cancel();
        const headerOf = (name: string) => response.headers.get(name);
        const headers = {
          'x-sentry-rate-limits': headerOf('x-sentry-rate-limits'),
          'retry-after': headerOf('retry-after'),
        };
        return { statusCode: response.status, headers };
      }),
  });
  client.init();

  return {
    report(error, context) {
      // The package would send every property of a non-Error value.
      const exception = error instanceof Error ? error : new Error(describeThrown(error));
      client.captureException(
        exception,
        { mechanism: { type: context.kind, handled: context.kind !== 'process' } },
        scopeOf(context),
      );
    },
    async close() {
      await client.close(closeTimeoutMs);
      closing.abort();
    },
  };
}

function scopeOf({ kind, requestId, procedure, task, userId }: ErrorContext): Scope {
  const scope = new Scope();
  scope.setTags({ kind, request_id: requestId, procedure, task });
  if (userId !== undefined) scope.setUser({ id: userId });
  return scope;
}
