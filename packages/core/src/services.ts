import type {
  Authenticate,
  DatabaseState,
  Endpoint,
  Mail,
  MailPreview,
  Meta,
  Route,
  Services,
} from '@synap/contracts';
import * as contracts from '@synap/contracts';
import type { Database } from '@synap/db';
import type { ModuleRegistry, WidgetCache } from '@synap/module-runtime';
import type {
  AccessTokens,
  Clock,
  PasswordHasher,
  RefreshTokens,
  SecretBox,
} from '@synap/security';
import { createAdminService } from './admin/admin.service.js';
import { createApiKeysService } from './api-keys/api-keys.service.js';
import { type ComposeMail, createAccountMails } from './auth/account-mails.js';
import { createAuthService } from './auth/auth.service.js';
import { createAuthSessionsService } from './auth/auth-sessions.service.js';
import { createDashboardsService } from './dashboards/dashboards.service.js';
import type { WidgetCatalogue } from './dashboards/placements.js';
import {
  guarded,
  type Method,
  notMigratedError,
  translateDatabaseFault,
} from './database-faults.js';
import { createEventsService } from './events/events.service.js';
import { createIdempotencyStore, type IdempotencyStore } from './idempotency/idempotency.store.js';
import { createIdempotent } from './idempotency/idempotent.js';
import { createApiKeyLookups } from './identity/api-key-lookups.repository.js';
import { type Authentication, createAuthentication } from './identity/authenticate.js';
import { type IdentityGuard, noIdentityGuard } from './identity/identity-guard.js';
import { createRequireOwnPassword } from './identity/own-account.js';
import { createRefusalRecorder, type RecordRefusal } from './identity/refusals.js';
import { createServiceHasher } from './identity/service-hasher.js';
import { createSessionLookups } from './identity/session-lookups.repository.js';
import { uuidv7 } from './ids.js';
import { createInvitationsService } from './invitations/invitations.service.js';
import { createMailQueue, createMailRequests } from './mail/mail-queue.js';
import { createModulesService } from './modules/modules.service.js';
import { createRepositories, createTransaction } from './repositories.js';
import { createSystemService } from './system/system.service.js';
import { ensureSuperuser, type FirstSuperuser } from './users/bootstrap-admin.js';
import { rejectLocalDomains } from './users/local-domains.js';
import { createAccountFactory, createManagedUsersService } from './users/managed-users.service.js';
import { createPurgeAbandoned } from './users/purge-abandoned.js';
import { createUsersService } from './users/users.service.js';
import { createWidgetsService } from './widgets/widgets.service.js';

export interface CoreDeps {
  database: Database;
  /** Returns the last known state of the database, without a query. */
  databaseState: () => DatabaseState;
  /** Queries the state of the database, for health checks. */
  probeDatabase: () => Promise<DatabaseState>;
  registry: ModuleRegistry;
  widgetCache: WidgetCache;
  hasher: PasswordHasher;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  /** Encrypts confidential data in the database. */
  secretBox: SecretBox;
  /** Renders subject and body of a mail. */
  renderMail: (mail: Mail) => MailPreview;
  /** True if an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /**
   * True if `POST /login/access-token` signs in.
   * @default false
   */
  passwordGrant?: boolean;
  /** Absolute URL of a page of the web app, such as `/reset`. */
  linkTo: (path: string) => string;
  /** True if mail addresses may have a domain without a dot, such as `localhost`. */
  localDomains: boolean;
  guard?: IdentityGuard;
  clock?: Clock;
  meta: Meta;
  routes: readonly Route[];
}

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
  purges: readonly (() => Promise<void>)[];
  /** Creates the first superuser if there is none. Returns a generated password once. */
  ensureSuperuser(given: {
    email: string;
    password?: string | undefined;
  }): Promise<FirstSuperuser | 'address-taken' | null>;
}

/** Wires all services. Called once, by the composition root. */
export function createServices(deps: CoreDeps): Core {
  const { database, registry, widgetCache, accessTokens, refreshTokens, meta } = deps;
  const { guard = noIdentityGuard } = deps;
  const hasher = createServiceHasher(deps.hasher);
  const repositories = createRepositories(database.db, database.sql);
  const { apiKeys, dashboards, invitations, mailTokens, managedUsers, runs, sessions, users } =
    repositories;
  const transaction = createTransaction(database);
  const idempotent = createIdempotent(transaction);
  const lookups = createSessionLookups(database.sql);
  const keys = { ...createApiKeyLookups(database.sql), touchLastUsed: apiKeys.touchLastUsed };
  const { authenticate, invalidate, invalidateAll } = createAuthentication({
    accessTokens,
    sessions: lookups,
    keys,
    clock: deps.clock,
  });
  const sessionEnded = (id: string) => invalidate('session', id);
  const userChanged = (id: string) => invalidate('user', id);
  const keyEnded = (id: string) => invalidate('key', id);
  const newId = () => uuidv7();
  const sendMail = createMailQueue(deps.secretBox);
  const requestMail = createMailRequests(deps.secretBox);
  const { verifyEmail, linkTo } = deps;
  const requireOwnPassword = createRequireOwnPassword({
    users,
    transaction,
    hasher,
    guard,
    sendMail,
  });

  const admit = () => {
    if (deps.databaseState() === 'unmigrated') throw notMigratedError();
  };
  /** Wraps a service whose methods take mail addresses. */
  const guardedWithAddresses = <S extends { [K in keyof S]: Method }>(
    service: S,
    contract: Readonly<Record<string, Endpoint>>,
  ): S => guarded(deps.localDomains ? service : rejectLocalDomains(service, contract), admit);
  const auth = createAuthService({
    users,
    sessions,
    lookups,
    transaction,
    hasher,
    accessTokens,
    refreshTokens,
    sessionEnded,
    keyEnded,
    userChanged,
    mailTokens,
    sendMail,
    requestMail,
    verifyEmail,
    passwordGrant: deps.passwordGrant,
    requireOwnPassword,
    guard,
    signup: meta.signup,
    productName: meta.name,
  });

  const account = {
    users,
    transaction,
    hasher,
    guard,
    sendMail,
    requestMail,
    requireOwnPassword,
    verifyEmail,
    linkTo,
    sessionEnded,
    userChanged,
    productName: meta.name,
  };

  return {
    services: {
      system: createSystemService({ meta, routes: deps.routes, databaseState: deps.probeDatabase }),
      admin: guardedWithAddresses(
        createAdminService({ transaction, sendMail, renderMail: deps.renderMail }),
        contracts.admin,
      ),
      auth: guardedWithAddresses(auth, contracts.auth),
      authSessions: guarded(
        createAuthSessionsService({ sessions, transaction, sessionEnded }),
        admit,
      ),
      apiKeys: guarded(
        createApiKeysService({
          apiKeys,
          transaction,
          guard,
          newId,
          clock: deps.clock,
          keyEnded,
        }),
        admit,
      ),
      users: guardedWithAddresses(createUsersService(account), contracts.users),
      managedUsers: guardedWithAddresses(
        createManagedUsersService({ managedUsers, ...account }),
        contracts.managedUsers,
      ),
      privateUsers: guardedWithAddresses(
        { create: createAccountFactory(account) },
        contracts.privateUsers,
      ),
      invitations: guardedWithAddresses(
        createInvitationsService({ invitations, signup: meta.signup, ...account }),
        contracts.invitations,
      ),
      dashboards: guarded(
        createDashboardsService({
          dashboards,
          transaction,
          idempotent,
          catalogue: catalogueOf(registry),
          newId,
          keyEnded,
        }),
        admit,
      ),
      events: guarded(createEventsService({ events: repositories.events }), admit),
      widgets: guarded(createWidgetsService({ registry, cache: widgetCache, dashboards }), admit),
      modules: guarded(createModulesService({ registry, runs, idempotent, newId }), admit),
    },
    async authenticate(token) {
      try {
        admit();
        return await authenticate(token);
      } catch (error) {
        throw translateDatabaseFault(error);
      }
    },
    identity: { invalidate, invalidateAll },
    recordRefusal: createRefusalRecorder({ transaction, guard }),
    idempotency: guarded(createIdempotencyStore(repositories.idempotencyKeys), admit),
    composeMail: createAccountMails({ transaction, verifyEmail, linkTo }),
    purges: [
      mailTokens.purge,
      sessions.purge,
      ...(verifyEmail ? [createPurgeAbandoned(transaction)] : []),
    ],
    ensureSuperuser: (given) =>
      ensureSuperuser({ users, transaction, hasher, productName: meta.name }, given),
  };
}

function catalogueOf(registry: ModuleRegistry): WidgetCatalogue {
  return {
    widgetsOf(moduleId) {
      const info = registry.get(moduleId);
      if (!info) return null;
      return info.widgets.length > 0 ? info.widgets.map((widget) => widget.id) : undefined;
    },
    moduleIds: () => registry.list().map((info) => info.id),
  };
}
