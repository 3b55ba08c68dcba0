import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../client/database.js';
import { migrateDeploy } from '../engine/migrate.js';
import {
  repositoryMigrations,
  type TemporaryCluster,
  temporaryCluster,
} from '../temporary.test.support.js';
import { readSeed } from './schema.js';
import { seedDatabase } from './seed.js';

const seedFile = fileURLToPath(new URL('../../../../prisma/seed.yaml', import.meta.url));
const hash = async (password: string) => `hash of ${password.length}`;

let cluster: TemporaryCluster;
let database: Database;

beforeAll(async () => {
  cluster = await temporaryCluster();
  await migrateDeploy(cluster.url, repositoryMigrations);
  database = createDatabase({ url: cluster.url });
});

afterAll(async () => {
  await database.close();
  await cluster.dispose();
});

describe('seeding', () => {
  it('adds users and dashboards with git and host widgets, once, also when run twice at once', async () => {
    const seed = await readSeed(seedFile);
    const results = await Promise.all([
      seedDatabase(seed, { database, hash }),
      seedDatabase(seed, { database, hash }),
    ]);
    const amounts = { users: seed.users.length, dashboards: seed.dashboards.length };
    expect(results).toContainEqual(amounts);
    expect(results).toContainEqual({ users: 0, dashboards: 0 });
    const placements = await database.db.widgetPlacement.findMany({ select: { moduleId: true } });
    expect(new Set(placements.map(({ moduleId }) => moduleId))).toEqual(new Set(['git', 'host']));
    expect(await database.db.user.findFirst({ where: { role: 'superuser' } })).toMatchObject({
      passwordHash: expect.stringMatching(/^hash of/),
    });
  });

  it('changes nothing that is there', async () => {
    const seed = await readSeed(seedFile);
    await database.db.user.updateMany({ data: { name: 'Renamed' } });
    await database.db.dashboard.updateMany({ data: { name: 'Mine now' } });
    expect(await seedDatabase(seed, { database, hash })).toEqual({ users: 0, dashboards: 0 });
    expect(await database.db.dashboard.count({ where: { name: 'Mine now' } })).toBe(
      seed.dashboards.length,
    );
  });

  it('is refused in production', async () => {
    const seed = await readSeed(seedFile);
    await expect(seedDatabase(seed, { database, hash, environment: 'production' })).rejects.toThrow(
      'SYNAP_ENV=production',
    );
  });

  it('adds nothing of a seed that cannot be added whole', async () => {
    const seed = {
      users: [
        {
          email: 'new@example.org',
          name: 'New',
          password: 'not-hashed-at-all',
          role: 'user' as const,
        },
      ],
      dashboards: [
        {
          id: '0199f000-0000-7000-8000-00000000000f',
          owner: 'missing@example.org',
          name: 'Orphan',
          widgets: [],
        },
      ],
    };
    await expect(seedDatabase(seed, { database, hash })).rejects.toThrow(
      'belongs to missing@example.org',
    );
    expect(await database.db.user.count({ where: { email: 'new@example.org' } })).toBe(0);
  });

  it('names what is wrong in a file', async () => {
    const file = path.join(cluster.dataDir, 'wrong.yaml');
    writeFileSync(file, readFileSync(seedFile, 'utf8').replace('role: superuser', 'role: king'));
    await expect(readSeed(file)).rejects.toThrow(
      /wrong\.yaml cannot be used:[\s\S]*users\[0\]\.role/,
    );
  });
});
