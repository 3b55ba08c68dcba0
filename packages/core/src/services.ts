import type { Authenticate, Services } from '@synap/contracts';
import { type ComposeMail, createAccountMails } from './auth/account-mails.js';
import { createAll } from './create-all.js';
import { guarded, notMigratedError, translateDatabaseFault } from './database-faults.js';
import { createIdempotencyStore, type IdempotencyStore } from './idempotency/idempotency.store.js';
import type { Authentication } from './identity/authenticate.js';
import { createRefusalRecorder, type RecordRefusal } from './identity/refusals.js';
import { protectServices } from './protect-services.js';
import { type Purge, purgeFactories } from './purges.js';
import { type CoreDeps, createServiceContext } from './service-context.js';
import { serviceFactories } from './service-factories.js';
import { ensureSuperuser, type FirstSuperuser } from './users/bootstrap-admin.js';

export interface Core {
  services: Services;
  authenticate: Authenticate;
  /** Invalidates cached identities; call it after identity changes by other instances. */
  identity: Pick<Authentication, 'invalidate' | 'invalidateAll'>;
  idempotency: IdempotencyStore;
  /** Writes a rejection (403) to the audit log, rate-limited. */
  recordRefusal: RecordRefusal;
  /** Composes the mail for a queued request. */
  composeMail: ComposeMail;
  /** Cleanup tasks; each deletes expired data of one kind. */
  purges: readonly Purge[];
  /** Creates the first superuser if there is none. Returns a generated password once. */
  ensureSuperuser(given: {
    email: string;
    password?: string | undefined;
  }): Promise<FirstSuperuser | 'address-taken' | null>;
}

/** Wires all services. Called once, by the composition root. */
export function createServices(deps: CoreDeps): Core {
  const { context, authentication } = createServiceContext(deps);
  const admit = () => {
    if (deps.databaseState() === 'unmigrated') throw notMigratedError();
  };
  return {
    services: protectServices(createAll(serviceFactories, context), {
      admit,
      localDomains: deps.localDomains,
    }),
    async authenticate(token) {
      try {
        admit();
        return await authentication.authenticate(token);
      } catch (error) {
        throw translateDatabaseFault(error);
      }
    },
    identity: authentication,
    idempotency: guarded(createIdempotencyStore(context.idempotencyKeys), admit),
    recordRefusal: createRefusalRecorder(context),
    composeMail: createAccountMails(context),
    purges: purgeFactories.map((create) => create(context)),
    // The plain hasher: the start retries if it is busy, but not after an `AppError`.
    ensureSuperuser: (given) => ensureSuperuser({ ...context, hasher: deps.hasher }, given),
  };
}
