import { type Database, type Db, type Sql, sqlWithin, type TransactionOptions } from '@synap/db';
import { createApiKeysRepository } from './api-keys/api-keys.repository.js';
import { createAuditRepository } from './audit/audit.repository.js';
import { createMailTokensRepository } from './auth/mail-tokens.repository.js';
import { createDashboardsRepository } from './dashboards/dashboards.repository.js';
import { createEventsRepository } from './events/events.repository.js';
import { createIdempotencyKeysRepository } from './idempotency/idempotency-keys.repository.js';
import { createSessionsRepository } from './identity/sessions.repository.js';
import { createUsersRepository } from './identity/users.repository.js';
import { createInvitationsRepository } from './invitations/invitations.repository.js';
import { createMailsRepository } from './mail/mails.repository.js';
import { createEntriesRepository } from './modules/entries.repository.js';
import { createRunsRepository } from './modules/runs.repository.js';
import { createStagesRepository } from './modules/stages.repository.js';
import { createManagedUsersRepository } from './users/managed-users.repository.js';

/** Creates all repositories on one connection or transaction. */
export function createRepositories(db: Db, sql: Sql) {
  return {
    apiKeys: createApiKeysRepository(db),
    audit: createAuditRepository(db),
    dashboards: createDashboardsRepository(db, sql),
    events: createEventsRepository(db),
    entries: createEntriesRepository(db),
    idempotencyKeys: createIdempotencyKeysRepository(db, sql),
    invitations: createInvitationsRepository(db),
    mailTokens: createMailTokensRepository(db),
    mails: createMailsRepository(db),
    managedUsers: createManagedUsersRepository(db),
    runs: createRunsRepository(db),
    sessions: createSessionsRepository(db),
    stages: createStagesRepository(sql),
    users: createUsersRepository(db),
  };
}
export type Repositories = ReturnType<typeof createRepositories>;

/** Runs a function in a transaction, with repositories bound to it. */
export type Transaction = <T>(
  run: (tx: Repositories) => Promise<T>,
  options?: Pick<TransactionOptions, 'milliseconds'>,
) => Promise<T>;

export function createTransaction(database: Pick<Database, 'transaction'>): Transaction {
  return (run, options) =>
    database.transaction((db) => run(createRepositories(db, sqlWithin(db))), options);
}
