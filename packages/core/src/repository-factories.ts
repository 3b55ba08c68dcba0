import type { Db, Sql } from '@synap/db';
import { createApiKeysRepository } from './api-keys/api-keys.repository.js';
import { createAuditRepository } from './audit/audit.repository.js';
import { createDashboardsRepository } from './dashboards/dashboards.repository.js';
import { createEventsRepository } from './events/events.repository.js';
import { createIdempotencyKeysRepository } from './idempotency/idempotency-keys.repository.js';
import { createApiKeyLookups } from './identity/api-key-lookups.repository.js';
import { createMailTokensRepository } from './identity/mail-tokens.repository.js';
import { createSessionLookups } from './identity/session-lookups.repository.js';
import { createSessionsRepository } from './identity/sessions.repository.js';
import { createUsersRepository } from './identity/users.repository.js';
import { createInvitationsRepository } from './invitations/invitations.repository.js';
import { createMailsRepository } from './mail/mails.repository.js';
import { createEntriesRepository } from './modules/entries.repository.js';
import { createRunsRepository } from './modules/runs.repository.js';
import { createStagesRepository } from './modules/stages.repository.js';
import { createManagedUsersRepository } from './users/managed-users.repository.js';

/** Creates a repository on a connection or transaction. */
type RepositoryFactory = (db: Db, sql: Sql) => object;

/** Lists all repositories, one line each. */
export const repositoryFactories = {
  apiKeys: createApiKeysRepository,
  apiKeyLookups: (_db: Db, sql: Sql) => createApiKeyLookups(sql),
  audit: createAuditRepository,
  dashboards: createDashboardsRepository,
  events: createEventsRepository,
  entries: createEntriesRepository,
  idempotencyKeys: createIdempotencyKeysRepository,
  invitations: createInvitationsRepository,
  mailTokens: createMailTokensRepository,
  mails: createMailsRepository,
  managedUsers: createManagedUsersRepository,
  runs: createRunsRepository,
  sessionLookups: (_db: Db, sql: Sql) => createSessionLookups(sql),
  sessions: createSessionsRepository,
  stages: (_db: Db, sql: Sql) => createStagesRepository(sql),
  users: createUsersRepository,
} satisfies Record<string, RepositoryFactory>;
