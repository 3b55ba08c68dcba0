import { addressFieldsOf, badRequest, type Endpoint, hasLocalDomain } from '@synap/contracts';
import type { Method } from './database-faults.js';

/**
 * Wraps a service so that its methods reject mail addresses with a domain without a dot. The
 * contract accepts them, because its documents are the same everywhere; such an address receives
 * mail only on the local machine.
 */
export function rejectLocalDomains<S extends { [K in keyof S]: Method }>(
  service: S,
  contract: Readonly<Record<string, Endpoint>>,
): S {
  const methods = Object.entries<Method>(service).map(([name, method]): [string, Method] => {
    const fields = addressFieldsOf(contract[name]?.input);
    if (fields.length === 0) return [name, method];
    const checked: Method = async (...args) => {
      check(fields, args[1]);
      return method.apply(service, args);
    };
    return [name, checked];
  });
  return Object.assign({}, service, Object.fromEntries(methods));
}

function check(fields: readonly string[], input: unknown): void {
  const fieldEntries: [string, unknown][] = Object.entries(input ?? {});
  const errors = fieldEntries.flatMap(([name, value]) =>
    fields.includes(name) && typeof value === 'string' && hasLocalDomain(value)
      ? [{ pointer: `/${name}`, message: 'Invalid email address', code: 'invalid_format' }]
      : [],
  );
  if (errors.length > 0) throw badRequest('The input is not valid: Invalid email address', errors);
}
