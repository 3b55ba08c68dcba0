export type { ComposeMail } from './auth/account-mails.js';
export type { IdempotencyStore } from './idempotency/idempotency.store.js';
export type { IdentityGuard } from './identity/identity-guard.js';
export { uuidv7 } from './ids.js';
export {
  createJobWorkersRepository,
  type JobWorkersRepository,
} from './jobs/job-workers.repository.js';
export { createMailDelivery, type MailDelivery } from './mail/mail-delivery.js';
export { MAIL_TASK } from './mail/mails.repository.js';
export { createModuleStore, type ModuleStore } from './modules/module-store.js';
export { createModuleSync, type ModuleSync } from './modules/module-sync.js';
export { SYNC_TASK } from './modules/runs.repository.js';
export { SyncFailure } from './modules/sync-failure.js';
export { createRepositories, createTransaction, type Repositories } from './repositories.js';
export { type RotationResult, rotateSecrets } from './secrets/rotate-secrets.js';
export { sealedSources } from './secrets/sealed-sources.js';
export type { CoreDeps } from './service-context.js';
export { type Core, createServices } from './services.js';
export type { FirstSuperuser } from './users/bootstrap-admin.js';
