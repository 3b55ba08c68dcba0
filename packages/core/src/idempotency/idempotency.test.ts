import type {
  Actor,
  Call,
  DashboardsService,
  StoredAnswer,
  UserActor,
  UserCall,
} from '@synap/contracts';
import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase, until } from '@synap/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDashboardsService } from '../dashboards/dashboards.service.js';
import { uuidv7 } from '../ids.js';
import {
  createRepositories,
  createTransaction,
  type Repositories,
  type Transaction,
} from '../repositories.js';
import { createIdempotencyStore, type IdempotencyStore } from './idempotency.store.js';
import { createIdempotent } from './idempotent.js';

const catalogue = { widgetsOf: () => ['commits'], moduleIds: () => ['git'] };
const refused = { code: 'conflict', message: expect.stringContaining('in progress') };

let testDatabase: TestDatabase;
let database: Database;
let repositories: Repositories;
let transaction: Transaction;
let store: IdempotencyStore;
let service: DashboardsService;
let ann: UserActor;
let bob: UserActor;

async function personNamed(name: string): Promise<UserActor> {
  const email = `${name}@example.com`;
  const { id } = await database.db.user.create({ data: { email, name, passwordHash: '-' } });
  return { kind: 'user', userId: id, email, role: 'user', sessionId: uuidv7(), verified: true };
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
  repositories = createRepositories(database.db, database.sql);
  transaction = createTransaction(database);
  store = createIdempotencyStore(repositories.idempotencyKeys);
  const { dashboards } = repositories;
  service = createDashboardsService({
    dashboards,
    transaction,
    idempotent: createIdempotent(transaction),
    catalogue,
    newId: uuidv7,
    keyEnded: () => {},
  });
});
beforeEach(async () => {
  [ann, bob] = [await personNamed('ann'), await personNamed('bob')];
});
afterEach(() => database.db.user.deleteMany());
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const callOf = <A extends Actor>(actor: A): Call<A> => ({
  actor,
  requestId: 'r',
  address: '127.0.0.1',
  signal: new AbortController().signal,
  idempotency: {},
});

/** Handles a key like a transport: claims it and, if it is new, lets the service act. */
async function claim(
  call: Call,
  { key = 'k', path = 'dashboards.create', fingerprint = 'f' } = {},
  from = store,
) {
  const answerTo = async (output: unknown): Promise<StoredAnswer> => ({
    status: 201,
    headers: { 'content-type': 'application/json', etag: '"1"' },
    body: JSON.stringify(output),
  });
  return from.claim({
    key,
    path,
    fingerprint,
    answerTo,
    ctx: { call, authenticate: async () => call.actor },
  });
}

async function create(actor: UserActor, given: Parameters<typeof claim>[1] = {}, name = 'Work') {
  const call = callOf(actor);
  const verdict = await claim(call, given);
  return verdict.kind === 'new' ? service.create(call, { name, widgets: [] }) : verdict;
}

const dashboardsOf = ({ userId }: UserActor) =>
  database.db.dashboard.count({ where: { ownerId: userId } });
const keys = () => database.db.idempotencyKey.count();
const age = (hours: number) =>
  database.db
    .$executeRaw`UPDATE idempotency_keys SET created_at = now() - make_interval(hours => ${hours}, secs => 1)`;

describe('an effect under a key', () => {
  it('commits with its response, which is replayed unchanged, even by another server', async () => {
    const made = await create(ann);
    const answer = {
      status: 201,
      headers: { 'content-type': 'application/json', etag: '"1"' },
      body: JSON.stringify(made),
    };
    expect(await create(ann)).toEqual({ kind: 'answered', answer });
    const later = createDatabase({ url: testDatabase.url });
    const { idempotencyKeys } = createRepositories(later.db, later.sql);
    expect(await claim(callOf(ann), {}, createIdempotencyStore(idempotencyKeys))).toEqual({
      kind: 'answered',
      answer,
    });
    await later.close();
    expect(await dashboardsOf(ann)).toBe(1);
  });

  it('takes place once for concurrent requests', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => create(ann)));
    const made = results.filter(
      (result) => result.status === 'fulfilled' && !('kind' in result.value),
    );
    expect(made).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject(refused);
    expect(await dashboardsOf(ann)).toBe(1);
    expect(await create(ann)).toMatchObject({ kind: 'answered' });
  });

  it('is rejected while the first is in progress, and if that ended after the claim', async () => {
    const [first, second, third] = [callOf(ann), callOf(ann), callOf(ann)];
    for (const call of [first, second, third])
      expect(await claim(call)).toMatchObject({ kind: 'new' });
    const idempotent = createIdempotent(transaction);
    let reached = false;
    let finish = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const going = idempotent(first, async () => {
      reached = true;
      await gate;
      return 'done';
    });
    await until(() => reached);
    await expect(service.create(second, { name: 'Work', widgets: [] })).rejects.toMatchObject(
      refused,
    );
    finish();
    expect(await going).toBe('done');
    await expect(service.create(third, { name: 'Work', widgets: [] })).rejects.toMatchObject(
      refused,
    );
    expect(await dashboardsOf(ann)).toBe(0);
    expect(await create(ann)).toMatchObject({ kind: 'answered', answer: { body: '"done"' } });
  });

  it('leaves no key if it is rolled back, also if its response could not be stored', async () => {
    const call = callOf(ann);
    await claim(call);
    const unknown = { moduleId: 'git', widgetId: 'unknown', params: {}, x: 0, y: 0, w: 1, h: 1 };
    await expect(service.create(call, { name: 'Work', widgets: [unknown] })).rejects.toMatchObject({
      code: 'bad_request',
    });
    const silent = callOf(ann);
    const answerTo = () => Promise.reject(new Error('The output does not fit its schema'));
    silent.idempotency = {
      request: { key: 'k', procedure: 'dashboards.create', fingerprint: 'f', answerTo },
    };
    await expect(service.create(silent, { name: 'Work', widgets: [] })).rejects.toThrow(
      'does not fit',
    );
    expect([await keys(), await dashboardsOf(ann)]).toEqual([0, 0]);
    expect(await create(ann, { fingerprint: 'other' })).toMatchObject({ name: 'Work' });
  });

  it('does not take place if the stored responses of its user exceed the limit; those of the day before do not count', async () => {
    const idempotent = createIdempotent(transaction, { limit: 12_000 });
    const tight = createDashboardsService({
      dashboards: repositories.dashboards,
      transaction,
      idempotent,
      catalogue,
      newId: uuidv7,
      keyEnded: () => {},
    });
    const place = {
      moduleId: 'git',
      widgetId: 'commits',
      params: { text: 'x'.repeat(3000) },
      x: 0,
      y: 0,
      w: 1,
      h: 1,
    };
    const make = async (actor: UserActor, key?: string) => {
      const call = callOf(actor);
      if (key !== undefined) await claim(call, { key });
      return tight.create(call, { name: 'Work', widgets: [place] });
    };
    for (const key of ['1', '2']) await make(ann, key);
    const results = await Promise.allSettled(['3', '4', '5', '6'].map((key) => make(ann, key)));
    const rejected = results.filter(({ status }) => status === 'rejected');
    expect(rejected).toHaveLength(3);
    for (const result of rejected)
      expect(result).toMatchObject({
        reason: { code: 'conflict', message: expect.stringContaining('omit the header') },
      });
    expect([await dashboardsOf(ann), await keys()]).toEqual([3, 3]);
    await make(ann);
    await make(bob, '3');
    await age(25);
    await make(ann, '7');
  });

  it('is distinguished by input, procedure, user and key', async () => {
    await create(ann);
    expect(await create(ann, { fingerprint: 'other' })).toEqual({ kind: 'mismatch' });
    expect(await create(ann, { path: 'dashboards.import' })).toMatchObject({ name: 'Work' });
    expect(await create(ann, { key: 'K' })).toMatchObject({ name: 'Work' });
    expect(await create(bob, { fingerprint: 'other' })).toMatchObject({ name: 'Work' });
    expect([await dashboardsOf(ann), await dashboardsOf(bob)]).toEqual([3, 1]);
  });

  it('takes place again after 24 hours, and is stored again', async () => {
    await create(ann);
    await age(23);
    expect(await create(ann)).toMatchObject({ kind: 'answered' });
    await age(24);
    const again = await create(ann, { fingerprint: 'other' }, 'Home');
    expect(again).toMatchObject({ name: 'Home' });
    expect(await create(ann, { fingerprint: 'other' })).toMatchObject({
      answer: { body: JSON.stringify(again) },
    });
    expect([await keys(), await dashboardsOf(ann)]).toEqual([1, 2]);
  });

  it('is not stored without a key', async () => {
    const call = callOf(ann);
    for (const idempotency of [undefined, {}])
      expect(
        await service.create({ ...call, idempotency }, { name: 'Work', widgets: [] }),
      ).toMatchObject({ name: 'Work' });
    expect([await keys(), await dashboardsOf(ann)]).toEqual([0, 2]);
  });
});

describe('keys', () => {
  it('are ignored for anonymous callers', async () => {
    const call = callOf({ kind: 'anonymous' });
    expect(await claim(call)).toEqual({ kind: 'ignored' });
    expect(call.idempotency).toEqual({});
  });

  it('are purged after 24 hours, and removed with their user', async () => {
    for (const key of ['old', 'older']) await create(ann, { key });
    await age(25);
    await create(ann, { key: 'new' });
    await create(bob);
    await store.purge();
    expect(
      await database.db.idempotencyKey.findMany({ select: { key: true }, orderBy: { key: 'asc' } }),
    ).toEqual([{ key: 'k' }, { key: 'new' }]);
    await database.db.user.delete({ where: { id: ann.userId } });
    expect(await keys()).toBe(1);
  });

  it('are purged completely, even in several batches', async () => {
    await database.db.$executeRaw`
      INSERT INTO idempotency_keys (user_id, procedure, key, fingerprint, status, headers, created_at)
      SELECT ${ann.userId}::uuid, 'p', i::text, 'f', 204, '{}', now() - interval '25 hours' FROM generate_series(1, 2500) AS i`;
    await store.purge();
    expect(await keys()).toBe(0);
  });
});

describe('a response', () => {
  it('is stored byte for byte', async () => {
    const call: UserCall = callOf(ann);
    const answers: StoredAnswer[] = [
      { status: 204, headers: {}, body: undefined },
      { status: 200, headers: { location: '/a%20b' }, body: '' },
      {
        status: 200,
        headers: {},
        body: JSON.stringify({ text: '\u0000 \ud800 ü 💡 "\\', big: '9'.repeat(400) }),
      },
    ];
    for (const [at, answer] of answers.entries()) {
      const request = {
        key: String(at),
        procedure: 'p',
        fingerprint: 'f',
        answerTo: async () => answer,
      };
      await createIdempotent(transaction)(
        { ...call, idempotency: { request } },
        async () => undefined,
      );
      expect(await claim(callOf(ann), { key: String(at), path: 'p' })).toEqual({
        kind: 'answered',
        answer,
      });
    }
  });
});
