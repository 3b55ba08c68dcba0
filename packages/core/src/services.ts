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
import { createApiKeyLookups } from './api-keys/api-key-lookups.repository.js';
import { createApiKeysService } from './api-keys/api-keys.service.js';
import { type ComposeMail, createAccountMails } from './auth/account-mails.js';
import { createAuthService } from './auth/auth.service.js';
import { createAuthSessionsService } from './auth/auth-sessions.service.js';
import { type Authentication, createAuthentication } from './auth/authenticate.js';
import { type IdentityGuard, noIdentityGuard } from './auth/identity-guard.js';
import { createSessionLookups } from './auth/session-lookups.repository.js';
import { createDashboardsService } from './dashboards/dashboards.service.js';
import type { WidgetCatalogue } from './dashboards/placements.js';
import { guarded, type Method, translateDatabaseFault, unmigrated } from './database-faults.js';
import { createEventsService } from './events/events.service.js';
import { createRefusalRecorder, type RecordRefusal } from './events/refusals.js';
import { createIdempotencyStore, type IdempotencyStore } from './idempotency/idempotency.store.js';
import { createIdempotent } from './idempotency/idempotent.js';
import { uuidv7 } from './ids.js';
import { createInvitationsService } from './invitations/invitations.service.js';
import { createMailQueue, createMailRequests } from './mail/mail-queue.js';
import { createModulesService } from './modules/modules.service.js';
import { createRepositories, createTransaction } from './repositories.js';
import { createSystemService } from './system/system.service.js';
import { createChangeEmail } from './users/change-email.js';
import { createChangePassword } from './users/change-password.js';
import { ensureSuperuser, type FirstSuperuser } from './users/first-superuser.js';
import { refuseLocalDomains } from './users/local-domains.js';
import { createAccountMaker, createManagedUsersService } from './users/managed-users.service.js';
import { createPurgeAbandoned } from './users/purge-abandoned.js';
import { createRemoveMe } from './users/remove-me.js';
import { createUsersService } from './users/users.service.js';
import { createWidgetsService } from './widgets/widgets.service.js';

export interface CoreDeps {
  database: Database;
  /** What is known of the database without asking it. */
  databaseState: () => DatabaseState;
  /** Asks the database; for the health of the system. */
  probeDatabase: () => Promise<DatabaseState>;
  registry: ModuleRegistry;
  widgetCache: WidgetCache;
  hasher: PasswordHasher;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  /** Seals what the database keeps in confidence. */
  secretBox: SecretBox;
  /** The words of a mail. */
  renderMail: (mail: Mail) => MailPreview;
  /** Whether an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /** If `POST /login/access-token` signs in. */
  passwordGrant?: boolean;
  /** A whole URL of one of our pages, such as `/reset`. */
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
  /** To be told what changes of who somebody is. */
  identity: Pick<Authentication, 'invalidate' | 'invalidateAll'>;
  idempotency: IdempotencyStore;
  /** Writes a refusal (403) to the trail, bounded. */
  recordRefusal: RecordRefusal;
  /** The mail that a request for one comes to. */
  composeMail: ComposeMail;
  /** Each forgets what is long over of one kind. */
  purges: readonly (() => Promise<void>)[];
  /** Makes the first superuser where there is none; tells the password it made, once. */
  ensureSuperuser(given: {
    email: string;
    password?: string | undefined;
  }): Promise<FirstSuperuser | 'address-taken' | null>;
}

/** Every rule of the product, wired. Called once, by the composition root. */
export function createServices(deps: CoreDeps): Core {
  const { database, registry, widgetCache, hasher, accessTokens, refreshTokens, meta } = deps;
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

  const admit = () => {
    if (deps.databaseState() === 'unmigrated') throw unmigrated();
  };
  /** A service whose methods take mail addresses. */
  const addressed = <S extends { [K in keyof S]: Method }>(
    service: S,
    contract: Readonly<Record<string, Endpoint>>,
  ): S => guarded(deps.localDomains ? service : refuseLocalDomains(service, contract), admit);
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
    guard: deps.guard,
    signup: meta.signup,
    productName: meta.name,
  });

  const account = {
    users,
    transaction,
    hasher,
    guard: deps.guard,
    sendMail,
    requestMail,
    sessionEnded,
    userChanged,
    productName: meta.name,
  };
  const changePassword = createChangePassword(account);
  const changeEmail = createChangeEmail({ verifyEmail, linkTo, ...account });
  const removeMe = createRemoveMe(account);

  return {
    services: {
      system: createSystemService({ meta, routes: deps.routes, databaseState: deps.probeDatabase }),
      admin: addressed(
        createAdminService({ transaction, sendMail, renderMail: deps.renderMail }),
        contracts.admin,
      ),
      auth: addressed(auth, contracts.auth),
      authSessions: guarded(
        createAuthSessionsService({ sessions, transaction, sessionEnded }),
        admit,
      ),
      apiKeys: guarded(
        createApiKeysService({
          apiKeys,
          transaction,
          guard: deps.guard,
          newId,
          clock: deps.clock,
          keyEnded,
        }),
        admit,
      ),
      users: addressed(
        createUsersService({
          users,
          transaction,
          guard: deps.guard,
          changePassword,
          changeEmail,
          removeMe,
        }),
        contracts.users,
      ),
      managedUsers: addressed(
        createManagedUsersService({ managedUsers, ...account }),
        contracts.managedUsers,
      ),
      privateUsers: addressed({ create: createAccountMaker(account) }, contracts.privateUsers),
      invitations: addressed(
        createInvitationsService({ invitations, linkTo, signup: meta.signup, ...account }),
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
    recordRefusal: createRefusalRecorder({ transaction, guard: deps.guard ?? noIdentityGuard }),
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
