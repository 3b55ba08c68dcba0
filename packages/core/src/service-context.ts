import type { DatabaseState, Mail, MailPreview, Meta, Route } from '@synap/contracts';
import type { Database } from '@synap/db';
import type { ModuleRegistry, WidgetCache } from '@synap/module-runtime';
import type {
  AccessTokens,
  Clock,
  PasswordHasher,
  RefreshTokens,
  SecretBox,
} from '@synap/security';
import { catalogueOf } from './dashboards/widget-catalogue.js';
import { createIdempotent } from './idempotency/idempotent.js';
import { type Authentication, createAuthentication } from './identity/authenticate.js';
import { type IdentityGuard, noIdentityGuard } from './identity/identity-guard.js';
import { createRequireOwnPassword } from './identity/own-account.js';
import { createServiceHasher } from './identity/service-hasher.js';
import { newId } from './ids.js';
import { createMailQueue, createMailRequests } from './mail/mail-queue.js';
import { createRepositories, createTransaction } from './repositories.js';

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
  /** @default noIdentityGuard */
  guard?: IdentityGuard;
  /** @default Date */
  clock?: Clock;
  meta: Meta;
  routes: readonly Route[];
}

/** Everything that a service can take as an argument; each declares the part that it needs. */
export type ServiceContext = ReturnType<typeof createServiceContext>['context'];

/** Creates the arguments of all services, and the authentication that they invalidate. */
export function createServiceContext({ database, secretBox, ...settings }: CoreDeps) {
  const { registry, meta, clock = Date, guard = noIdentityGuard } = settings;
  const repositories = createRepositories(database.db, database.sql);
  const base = { ...settings, ...repositories, clock, guard };
  const authentication = createAuthentication(base);
  const transaction = createTransaction(database);
  const shared = {
    ...base,
    ...invalidationOf(authentication),
    transaction,
    idempotent: createIdempotent(transaction),
    newId,
    hasher: createServiceHasher(settings.hasher),
    sendMail: createMailQueue(secretBox),
    requestMail: createMailRequests(secretBox),
    catalogue: catalogueOf(registry),
    signup: meta.signup,
    /** Passwords must not be derived from it. */
    productName: meta.name,
  };
  const context = { ...shared, requireOwnPassword: createRequireOwnPassword(shared) };
  return { context, authentication };
}

/** Called after the commit, with the ids of changed identities. */
function invalidationOf({ invalidate }: Authentication) {
  return {
    sessionEnded: (sessionId: string) => invalidate('session', sessionId),
    userChanged: (userId: string) => invalidate('user', userId),
    keyEnded: (keyId: string) => invalidate('key', keyId),
  };
}
