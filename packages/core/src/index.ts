export type { IdentityGuard } from './auth/identity-guard.js';
export type { IdempotencyStore } from './idempotency/idempotency.store.js';
export { uuidv7 } from './ids.js';
export { createModuleStore, type ModuleStore } from './modules/module-store.js';
export { createModuleSync, type ModuleSync, SyncFailure } from './modules/module-sync.js';
export { SYNC_TASK } from './modules/runs.repository.js';
export { createRepositories, createTransaction } from './repositories.js';
export { type Core, type CoreDeps, createServices } from './services.js';
export type { FirstSuperuser } from './users/first-superuser.js';
