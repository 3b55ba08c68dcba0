import { type Endpoint, features, type Services } from '@synap/contracts';
import { guarded, type Method } from './database-faults.js';
import { rejectLocalDomains } from './local-domains.js';

type Contract = Readonly<Record<string, Endpoint>>;
type ServiceSet<S> = { [K in keyof S]: { [M in keyof S[K]]: Method } };

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
  protectAll(services, features, options);

function protectAll<S extends ServiceSet<S>>(
  services: S,
  contracts: { [K in keyof S]: Contract },
  { admit, localDomains }: ProtectionOptions,
): S {
  const result = { ...services };
  for (const name in services) {
    const service = services[name];
    const checked = localDomains ? service : rejectLocalDomains(service, contracts[name]);
    result[name] = withoutDatabase.has(name) ? checked : guarded(checked, admit);
  }
  return result;
}
