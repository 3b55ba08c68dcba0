import type { DashboardsService, SaveDashboard, UserCall } from '@synap/contracts';
import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guarded } from '../database-faults.js';
import { createIdempotent } from '../idempotency/idempotent.js';
import { uuidv7 } from '../ids.js';
import { createRepositories, createTransaction } from '../repositories.js';
import { createDashboardsService } from './dashboards.service.js';

const catalogue = {
  widgetsOf: (moduleId: string) =>
    moduleId === 'git' ? ['commits', 'authors'] : moduleId === 'broken' ? undefined : null,
  moduleIds: () => ['broken', 'git'],
};
const place = (widgetId = 'commits', moduleId = 'git') => ({
  moduleId,
  widgetId,
  params: { limit: 5 },
  x: 0,
  y: 0,
  w: 4,
  h: 3,
});

let testDatabase: TestDatabase;
let database: Database;
let service: DashboardsService;
let ann: UserCall;
let bob: UserCall;

async function personNamed(name: string): Promise<UserCall> {
  const { id } = await database.db.user.create({
    data: { email: `${name}@example.com`, name, passwordHash: '-' },
  });
  const actor = {
    kind: 'user',
    userId: id,
    email: `${name}@example.com`,
    role: 'user',
    sessionId: uuidv7(),
    verified: true,
  } as const;
  return { actor, requestId: name, address: '127.0.0.1', signal: new AbortController().signal };
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
  const { dashboards } = createRepositories(database.db, database.sql);
  const transaction = createTransaction(database);
  service = guarded(
    createDashboardsService({
      dashboards,
      transaction,
      idempotent: createIdempotent(transaction),
      catalogue,
      newId: uuidv7,
      keyEnded: () => {},
    }),
    () => {},
  );
  [ann, bob] = [await personNamed('ann'), await personNamed('bob')];
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const make = (widgets = [place()]) => service.create(ann, { name: 'Work', widgets });

describe('dashboards', () => {
  it('are returned as created, widgets in order', async () => {
    const made = await make([place('authors'), place('commits')]);
    expect(made).toMatchObject({ name: 'Work', version: 1 });
    expect(made.widgets.map((widget) => widget.widgetId)).toEqual(['authors', 'commits']);
    expect(made.widgets[0]).toMatchObject(place('authors'));
    expect(await service.get(ann, { id: made.id })).toEqual(made);
  });

  it('are not found by other users, in any call', async () => {
    const { id } = await make();
    const input: SaveDashboard = { id, name: 'Mine', widgets: [], version: 1 };
    const refused = { code: 'not_found' };
    await expect(service.get(bob, { id })).rejects.toMatchObject(refused);
    await expect(service.save(bob, input)).rejects.toMatchObject(refused);
    await expect(service.upsert(bob, { ...input, version: undefined })).rejects.toMatchObject(
      refused,
    );
    await expect(service.remove(bob, { id })).rejects.toMatchObject(refused);
    expect(await service.get(ann, { id })).toMatchObject({ name: 'Work', version: 1 });
  });

  it('are saved only if the version matches', async () => {
    const { id } = await make();
    const saved = await service.save(ann, { id, name: 'Home', widgets: [], version: 1 });
    expect(saved).toMatchObject({ name: 'Home', version: 2, widgets: [] });
    await expect(
      service.save(ann, { id, name: 'Late', widgets: [], version: 1 }),
    ).rejects.toMatchObject({
      code: 'stale_version',
    });
    await expect(service.save(ann, { id, name: 'Blind', widgets: [] })).rejects.toMatchObject({
      code: 'version_required',
    });
    await expect(
      service.save(ann, { id: uuidv7(), name: 'Absent', widgets: [] }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('accept one of many concurrent saves of a version', async () => {
    const { id } = await make();
    const saves = Array.from({ length: 8 }, (_, i) =>
      service.save(ann, { id, name: `Save ${i}`, widgets: [place()], version: 1 }),
    );
    const results = await Promise.allSettled(saves);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'stale_version' });
    expect(await service.get(ann, { id })).toMatchObject({ version: 2 });
  });

  it('are created under an absent id by upsert, overwritten without a version, and never twice', async () => {
    const id = crypto.randomUUID();
    const results = await Promise.all(
      Array.from({ length: 5 }, () =>
        service.upsert(ann, { id, name: 'Same', widgets: [place()] }),
      ),
    );
    expect(new Set(results.map((result) => result.version)).size).toBe(5);
    expect(await service.get(ann, { id })).toMatchObject({ name: 'Same', version: 5 });
    await expect(
      service.upsert(ann, { id: uuidv7(), name: 'New', widgets: [], version: 3 }),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('reject widgets that no installed module offers, with a pointer', async () => {
    const faults = [
      { pointer: '/widgets/1/moduleId', code: 'unknown_module' },
      { pointer: '/widgets/2/widgetId', code: 'unknown_widget' },
    ];
    const placed = [place(), place('feed', 'rss'), place('comits')];
    await expect(make(placed)).rejects.toMatchObject({
      code: 'bad_request',
      details: { errors: faults },
    });
    await expect(
      make([{ ...place(), moduleId: 'broken', widgetId: 'any' }]),
    ).resolves.toBeDefined();
  });

  it('keep an unchanged widget whose module was removed', async () => {
    const { id } = await make();
    const gone = crypto.randomUUID();
    await database.db.widgetPlacement.create({
      data: { ...place('feed', 'rss'), id: gone, dashboardId: id, position: 1 },
    });
    const kept = { ...place('feed', 'rss'), id: gone, x: 7 };
    await expect(
      service.save(ann, { id, name: 'Moved', widgets: [kept], version: 1 }),
    ).resolves.toMatchObject({ version: 2 });
    const changed = { ...kept, widgetId: 'other' };
    await expect(
      service.save(ann, { id, name: 'Changed', widgets: [changed], version: 2 }),
    ).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('reject duplicate widget ids and values that PostgreSQL cannot store', async () => {
    const id = crypto.randomUUID();
    const twice = [
      { ...place(), id },
      { ...place(), id },
    ];
    await expect(make(twice)).rejects.toMatchObject({
      details: { errors: [{ pointer: '/widgets/1/id', code: 'duplicate' }] },
    });
    await expect(
      make([{ ...place(), params: { limit: 5, text: '\u0000' } as never }]),
    ).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('are listed with the highest id, too, which a client may choose', async () => {
    const by = await personNamed('highest');
    const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    const { id } = await service.create(by, { name: 'Work', widgets: [] });
    await service.upsert(by, { id: highest, name: 'Last', widgets: [] });
    const first = await service.list(by, { size: 1 });
    expect(first.items.map((item) => item.id)).toEqual([highest]);
    const second = await service.list(by, { size: 1, cursor: first.nextCursor ?? '' });
    expect([second.items.map((item) => item.id), second.nextCursor]).toEqual([[id], null]);
  });

  it('are listed newest first, page by page, each once', async () => {
    const carl = await personNamed('carl');
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1)
      ids.unshift((await service.create(carl, { name: `Number ${i}`, widgets: [place()] })).id);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await service.list(carl, { size: 2, cursor: cursor ?? undefined });
      expect(page.items.every((item) => item.widgetCount === 1)).toBe(true);
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(ids);
    await expect(service.list(carl, { size: 2, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('of fifty widgets are read with one statement', async () => {
    const { id } = await make(Array.from({ length: 50 }, () => place()));
    let statements = 0;
    const counting = createDatabase({ url: testDatabase.url });
    const query = counting.pool.query.bind(counting.pool);
    counting.pool.query = ((...args: Parameters<typeof query>) => {
      statements += 1;
      return query(...args);
    }) as typeof query;
    const { dashboards } = createRepositories(counting.db, counting.sql);
    expect((await dashboards.findOwned(ann.actor.userId, id))?.widgets).toHaveLength(50);
    expect(statements).toBe(1);
    await counting.close();
  });
});
