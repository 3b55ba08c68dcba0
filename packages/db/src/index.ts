export type { Sealing } from './backup/archive-entries.js';
export { BackupError } from './backup/backup-error.js';
export { type Manifest, macText, type SealingParameters } from './backup/manifest.js';
export {
  type ArchiveVisitor,
  assertKnownMigrations,
  type ReadArchive,
  readArchive,
  readManifestOf,
} from './backup/read-archive.js';
export { type RestoreBackupOptions, restoreBackup } from './backup/restore-backup.js';
export { hasUnfinishedRestore, unfinishedRestore } from './backup/restore-mark.js';
export { type WriteBackupOptions, writeBackup } from './backup/write-backup.js';
export { type BatchStatement, batchStatement } from './client/batch-statement.js';
export { connectionOf, DatabaseAddressError, schemaOf } from './client/connection.js';
export {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type TransactionOptions,
} from './client/database.js';
export type { Db } from './client/db.js';
export { isTransactionPooler } from './client/detect-pooler.js';
export { type UniqueViolation, uniqueViolation } from './client/driver-errors.js';
export {
  type DatabaseFault,
  type FaultKind,
  isUnavailable,
  toDatabaseFault,
} from './client/faults.js';
export { type Listening, listenTo } from './client/listen.js';
export { withPassword } from './client/password.js';
export { createPool, type Pool, type PoolOptions } from './client/pool.js';
export { createSql } from './client/pooled-sql.js';
export type { Row } from './client/row.js';
export { type Pooler, SessionSettingsError } from './client/session.js';
export {
  type Command,
  type Sql,
  type SqlValue,
  type Statement,
  sqlWithin,
} from './client/sql.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded.js';
export {
  type EnsureDatabaseOptions,
  type EnsuredDatabase,
  ensureDatabase,
} from './embedded/ensure.js';
export { makeFolder } from './embedded/files.js';
export { hasEmbeddedDatabase } from './embedded/locate.js';
export { removeCluster } from './embedded/remove.js';
export { listUnclaimedClusters, type UnclaimedCluster } from './embedded/unclaimed.js';
export { type MigrationHistory, migrationHistory } from './engine/history.js';
export {
  type MigrateOptions,
  type MigrationStatus,
  migrateDeploy,
  migrationStatus,
} from './engine/migrate.js';
export { migrationNames } from './engine/migrations-folder.js';
export { assertMayCreate, MissingRightError } from './engine/rights.js';
export { Prisma } from './generated/client.js';
export * from './generated/enums.js';
export { readSeed, type Seed } from './seed/schema.js';
export { type SeedDeps, type SeedResult, seedDatabase } from './seed/seed.js';
