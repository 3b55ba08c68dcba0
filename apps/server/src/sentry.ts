import { createStackParser, createTransport, linkedErrorsIntegration, Scope } from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import type { ErrorContext, ErrorReports } from './error-reports.js';
import { describeThrown } from './logger.js';
import { scrub } from './scrub.js';
import { version } from './version.js';

/** Milliseconds that sending what is left may take at the end. */
const closeTimeoutMs = 2000;
/** Milliseconds that a collector may take to answer. */
const sendTimeoutMs = 5000;

/**
 * Reports errors, and errors only, to a Sentry or what speaks its protocol. A client of its own
 * instead of `Sentry.init`: nothing is patched, no request, console line, query or breadcrumb is
 * watched, so nothing of them can be sent. What is left – the error, its causes and some tags –
 * goes through `scrub`.
 */
export function createSentryReports({
  dsn,
  environment,
}: {
  dsn: string;
  environment: string;
}): ErrorReports {
  const closing = new AbortController();
  // Sentry's core instead of its package for Node: that one brings bundler plug-ins with another
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
    // There is no tracing, so there are no transactions.
    beforeBreadcrumb: () => null,
    // By fetch, not the package's own transport: that one has no time-out, so a silent collector
    // would keep the process alive.
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
      // Of what is no error the package would send every property.
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
