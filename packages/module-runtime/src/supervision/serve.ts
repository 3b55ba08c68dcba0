import type { JsonValue } from '@synap/module-sdk';
import type { ModuleHostServices, ModuleScope, OnEvents } from '../host-services.js';
import type { Ask } from '../protocol/messages.js';
import { sanitizeForPostgres, storableObject, storableText } from './sanitize-for-postgres.js';

/**
 * The server's own failure while it served a module: it says more than the failure of the module
 * that came of it.
 */
export interface HostFault {
  readonly error: unknown;
}

type Serve = (question: Ask) => Promise<JsonValue | null>;

/** Answers questions and keeps the first failure of the server itself. */
export function watchHost(serve: Serve) {
  let fault: HostFault | undefined;
  return {
    fault: () => fault,
    serve: reportingFaults(serve, (error) => {
      fault ??= { error };
    }),
  };
}

/** Reports a failure of the server itself before the module learns of it. */
export function reportingFaults(serve: Serve, onFault: (error: unknown) => void): Serve {
  return async (question) => {
    try {
      return await serve(question);
    } catch (error) {
      onFault(error);
      throw error;
    }
  };
}

/** Answers a load's questions: it may read the module's store, and nothing else. */
export function serveLoad(services: ModuleHostServices, scope: ModuleScope): Serve {
  return async (question) => {
    // The SDK gives a load nothing to write with.
    return question.kind === 'store.get'
      ? services.store.get(scope, storableText(question.key))
      : null;
  };
}

/** Answers the questions of a run of the sync job. */
export function serveSync(
  services: ModuleHostServices,
  scope: ModuleScope,
  onEvents: OnEvents,
): Serve {
  return async (question) => {
    if (question.kind === 'emit') {
      await onEvents(
        question.events.map(({ key, type, time, subject, payload }) => ({
          key: storableText(key),
          type,
          time,
          payload: storableObject(payload),
          ...(subject !== undefined && { subject: storableText(subject) }),
        })),
      );
      return null;
    }
    const key = storableText(question.key);
    if (question.kind === 'store.get') return services.store.get(scope, key);
    if (question.kind === 'store.set')
      await services.store.set(scope, key, sanitizeForPostgres(question.value));
    else await services.store.delete(scope, key);
    return null;
  };
}
