import type { Database } from '../client/database.js';
import type { Db } from '../client/db.js';
import type { Seed, SeedDashboard } from './schema.js';

export interface SeedDeps {
  database: Pick<Database, 'transaction'>;
  /** Hashes a password for storing. */
  hash: (password: string) => Promise<string>;
  /**
   * `SYNAP_ENV`. Production is rejected, because the passwords of a seed are public. @default
   * 'local'
   */
  environment?: string;
}

/** Numbers of added rows. Existing rows do not count. */
export interface SeedResult {
  users: number;
  dashboards: number;
}

/** Advisory lock that prevents concurrent seeding. */
const seedLock = 7_463_002;
/** Generous, because hashing is slow on a small machine. */
const timeoutMs = 60_000;

async function addUsers(db: Db, { users }: Seed, hash: SeedDeps['hash']): Promise<number> {
  const existing = await db.user.findMany({
    where: { email: { in: users.map(({ email }) => email) } },
    select: { email: true },
  });
  const known = new Set(existing.map(({ email }) => email));
  const missing = users.filter(({ email }) => !known.has(email));
  for (const { password, ...user } of missing) {
    await db.user.create({
      data: { ...user, passwordHash: await hash(password), verifiedAt: new Date() },
    });
  }
  return missing.length;
}

async function addDashboard(db: Db, { id, owner, name, widgets }: SeedDashboard): Promise<number> {
  if (await db.dashboard.findUnique({ where: { id }, select: { id: true } })) return 0;
  const user = await db.user.findUnique({ where: { email: owner }, select: { id: true } });
  if (!user)
    throw new Error(
      `The dashboard "${name}" belongs to ${owner}, but neither the seed nor the database has this user.`,
    );
  const placements = widgets.map(({ module: moduleId, widget: widgetId, ...place }, position) => ({
    ...place,
    moduleId,
    widgetId,
    position,
  }));
  await db.dashboard.create({
    data: { id, name, ownerId: user.id, widgets: { create: placements } },
  });
  return 1;
}

/**
 * Adds missing users and dashboards in one transaction and leaves existing rows unchanged. Rejects
 * if `environment` is production.
 */
export async function seedDatabase(
  seed: Seed,
  { database, hash, environment = 'local' }: SeedDeps,
): Promise<SeedResult> {
  if (environment === 'production') {
    throw new Error(
      'Seeding is for development only, because its passwords are public. It is disabled if SYNAP_ENV=production.',
    );
  }
  return database.transaction(
    async (db) => {
      await db.$executeRaw`SELECT pg_advisory_xact_lock(${seedLock})`;
      const users = await addUsers(db, seed, hash);
      let dashboards = 0;
      for (const dashboard of seed.dashboards) dashboards += await addDashboard(db, dashboard);
      return { users, dashboards };
    },
    { milliseconds: timeoutMs },
  );
}
