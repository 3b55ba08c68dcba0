import type { JsonValue } from '@synap/module-sdk';
import type { ModuleHostServices, ModuleScope, OnEvents } from '../host-services.js';
import type { HostCall } from '../protocol/messages.js';
import { sanitizeForPostgres, sanitizeObject, sanitizeText } from './sanitize-for-postgres.js';

/**
 * Failure of the server while it served a module. It explains more than the resulting failure of
 * the module.
 */
export interface HostFault {
  readonly error: unknown;
}

type Serve = (hostCall: HostCall) => Promise<JsonValue | null>;

/** Executes host calls and records the first failure of the server itself. */
export function watchHost(serve: Serve) {
  let fault: HostFault | undefined;
  return {
    fault: () => fault,
    serve: reportingFaults(serve, (error) => {
      fault ??= { error };
    }),
  };
}

/** Reports a failure of the server before the module learns of it. */
export function reportingFaults(serve: Serve, onFault: (error: unknown) => void): Serve {
  return async (hostCall) => {
    try {
      return await serve(hostCall);
    } catch (error) {
      onFault(error);
      throw error;
    }
  };
}

/** Serves a load's host calls: it may only read the module's store. */
export function serveLoad(services: ModuleHostServices, scope: ModuleScope): Serve {
  return async (hostCall) => {
    // The SDK provides no writing methods to a load.
    return hostCall.kind === 'store.get'
      ? services.store.get(scope, sanitizeText(hostCall.key))
      : null;
  };
}

/** Serves the host calls of a sync run. */
export function serveSync(
  services: ModuleHostServices,
  scope: ModuleScope,
  onEvents: OnEvents,
): Serve {
  return async (hostCall) => {
    if (hostCall.kind === 'emit') {
      await onEvents(
        hostCall.events.map(({ key, type, time, subject, payload }) => ({
          key: sanitizeText(key),
          type,
          time,
          payload: sanitizeObject(payload),
          ...(subject !== undefined && { subject: sanitizeText(subject) }),
        })),
      );
      return null;
    }
    const key = sanitizeText(hostCall.key);
    if (hostCall.kind === 'store.get') return services.store.get(scope, key);
    if (hostCall.kind === 'store.set')
      await services.store.set(scope, key, sanitizeForPostgres(hostCall.value));
    else await services.store.delete(scope, key);
    return null;
  };
}
