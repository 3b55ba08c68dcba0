import type { Endpoint, Services } from '@synap/contracts';
import * as contracts from '@synap/contracts';
import { guarded, type Method } from './database-faults.js';
import { rejectLocalDomains } from './local-domains.js';

type Contract = Readonly<Record<string, Endpoint>>;
type ServiceSet<S> = { [K in keyof S]: { [M in keyof S[K]]: Method } };

const contractOf: Readonly<Record<keyof Services, Contract>> = contracts;

/** Services that must respond while the database is not migrated or not reachable. */
const withoutDatabase: ReadonlySet<string> = new Set<keyof Services>(['system']);

interface ProtectionOptions {
  /** Throws `unavailable` while the database is not migrated. */
  admit: () => void;
  /** True if mail addresses may have a domain without a dot. */
  localDomains: boolean;
}

/**
 * Wraps all services alike: their methods check the state of the database, translate its errors
 * and reject local mail addresses.
 */
export const protectServices = (services: Services, options: ProtectionOptions): Services =>
  protectAll(services, contractOf, options);

function protectAll<S extends ServiceSet<S>>(
  services: S,
  contractFor: { [K in keyof S]: Contract },
  { admit, localDomains }: ProtectionOptions,
): S {
  const result = { ...services };
  for (const name in services) {
    const service = services[name];
    const checked = localDomains ? service : rejectLocalDomains(service, contractFor[name]);
    result[name] = withoutDatabase.has(name) ? checked : guarded(checked, admit);
  }
  return result;
}
