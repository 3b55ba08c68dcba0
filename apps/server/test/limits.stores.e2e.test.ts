import { AppError } from '@synap/contracts';
import type { IdentityGuard } from '@synap/core';
import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase, until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createIdentityLimits,
  type LimitStores,
  openLimitStores,
  purgeRateLimits,
} from '../src/http/limits/index.js';
import { memoryStore } from '../src/http/limits/store.js';
import { type RedisUnderTest, startRedis, testsRedis } from './redis-server.js';

let testDatabase: TestDatabase;
let database: Database;
let redis: RedisUnderTest | undefined;
const opened: LimitStores[] = [];
const logged: string[] = [];

const reasons: unknown[] = [];
const log = {
  warn(...of: unknown[]) {
    logged.push(String(of.at(-1)));
    reasons.push(of[0]);
  },
};

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
  if (testsRedis) redis = await startRedis();
});
afterAll(async () => {
  await Promise.all(opened.map(({ close }) => close()));
  await redis?.kill();
  await database.close();
  await testDatabase.drop();
});

async function open(redisUrl?: string): Promise<LimitStores> {
  const stores = await openLimitStores({ redisUrl, url: testDatabase.url, log });
  opened.push(stores);
  return stores;
}

const openRedis = () => open(redis?.url);

async function statusOf(attempt: Promise<unknown>): Promise<number> {
  try {
    await attempt;
    return 200;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'too_many_requests') throw error;
    expect(error.details.retryAfter).toBeGreaterThan(0);
    return 429;
  }
}

/** Results of many calls, 20 at a time: a store that is slow on a busy machine counts as away. */
async function inBatches<T>(count: number, call: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) {
    const from = results.length;
    const size = Math.min(20, count - from);
    results.push(...(await Promise.all(Array.from({ length: size }, (_, n) => call(from + n)))));
  }
  return results;
}

/** How many of so many tries in a row pass. */
async function passing(
  tries: number,
  attempt: (index: number) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  for (let index = 0; index < tries; index += 1)
    if ((await statusOf(attempt(index))) === 200) count += 1;
  return count;
}

const stores = [
  { name: 'memory', make: async () => memoryStore, shared: false, run: true },
  { name: 'PostgreSQL', make: async () => (await open()).identity, shared: true, run: true },
  { name: 'Redis', make: async () => (await openRedis()).identity, shared: true, run: testsRedis },
];

/** Returns a new client address for each test. */
let clients = 0;
const client = () => `198.51.100.${++clients}`;

describe.each(stores.filter(({ run }) => run))('limits in $name', ({ name, make, shared }) => {
  let guard: IdentityGuard;
  let other: IdentityGuard;
  const mailOf = (who: string) => `${who}@${name.toLowerCase()}.example`;
  beforeAll(async () => {
    guard = createIdentityLimits(1, await make());
    other = createIdentityLimits(1, await make());
  });

  it('sign-in: 10 a minute of an address', async () => {
    const address = client();
    expect(await passing(12, (n) => guard.login(mailOf(`many${n}`), address))).toBe(10);
  });

  it('failures: 5 of account and address, forgotten after a success', async () => {
    const address = client();
    const email = mailOf('five');
    for (let n = 0; n < 5; n += 1) await guard.loginFailed(email, address);
    expect(await statusOf(guard.login(email, address))).toBe(429);
    expect(await statusOf(guard.login(email, client()))).toBe(200);
    await guard.loginSucceeded(email, address);
    expect(await statusOf(guard.login(email, address))).toBe(200);
  });

  it('50 failures of an account, from all addresses: one notice, then a delay, no lock', async () => {
    const email = mailOf('fifty');
    const found = [];
    for (let n = 0; n < 52; n += 1) found.push(await guard.loginFailed(email, `203.0.113.${n}`));
    expect(found.flatMap(({ notify }, n) => (notify ? [n] : []))).toEqual([49]);
    expect(found.map(({ delayMs }) => delayMs)).toEqual([...Array(49).fill(0), 2000, 2000, 2000]);
    expect(await statusOf(guard.login(email, client()))).toBe(200);
  });

  it('sign-up: 5 an hour of an address', async () => {
    const address = client();
    expect(await passing(7, () => guard.register(address))).toBe(5);
  });

  it.each(['forgot', 'resend'] as const)(
    '%s: 10 an hour of an address, however many ask for one account',
    async (what) => {
      const address = client();
      expect(await passing(12, () => guard[what](client()))).toBe(12);
      expect(await passing(12, () => guard[what](address))).toBe(10);
    },
  );

  it('audited changes of an account: 100 an hour', async () => {
    expect(await passing(102, () => guard.change(`user of ${name}`))).toBe(100);
  });

  it('entries of the audit log: one an hour, 50 of an address or user, and 500 of a kind', async () => {
    const recorded = (kind: 'sign-in' | 'refusal', what: string, by = client()) =>
      guard.mayRecord({ kind, what, by });
    const [one, two] = [mailOf('one'), mailOf('two')];
    expect([
      await recorded('sign-in', one),
      await recorded('sign-in', one),
      await recorded('sign-in', two),
    ]).toEqual([true, false, true]);
    const passed = async (count: number, call: (n: number) => Promise<boolean>) =>
      (await inBatches(count, call)).filter(Boolean).length;
    const [address, userId] = [client(), `user of ${name}`];
    expect(await passed(60, (n) => recorded('sign-in', mailOf(`same${n}`), address))).toBe(50);
    expect(await passed(60, (n) => recorded('refusal', `${userId} ${n}`, userId))).toBe(50);
    expect(await passed(500, (n) => recorded('sign-in', mailOf(`of many ${n}`)))).toBe(448);
    expect(
      await recorded('refusal', `other user of ${name}`, `other user of ${name}`),
      'of the other kind',
    ).toBe(true);
  });

  it('refresh: 300 in five minutes of a session', async () => {
    const session = `session of ${name}`;
    const statuses = await inBatches(302, () => statusOf(guard.refresh(session)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(300);
  });

  it('counts IPv6 by /56', async () => {
    const prefix = `2001:db8:${++clients}:ab`;
    expect(await passing(6, (n) => guard.register(`${prefix}0${n}::${n}`))).toBe(5);
    expect(await statusOf(guard.register(`2001:db8:${clients}:cd00::1`))).toBe(200);
  });

  it(
    shared ? 'is one count for two instances' : 'is a count of its own for each instance',
    async () => {
      const address = client();
      expect(await passing(5, () => guard.register(address))).toBe(5);
      expect(await statusOf(other.register(address))).toBe(shared ? 429 : 200);
    },
  );
});

describe('PostgreSQL', () => {
  it('stores no mail address in clear text, and no name longer than its column', async () => {
    const guard = createIdentityLimits(1, (await open()).identity);
    await guard.forgot('x'.repeat(1000));
    await guard.loginFailed('someone.secret@example.org', client());
    const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM rate_limits');
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.map(({ key }) => key).join()).not.toMatch(/someone|@/);
    expect(logged.filter((line) => line.includes('PostgreSQL'))).toEqual([]);
  });

  it('deletes only expired limits', async () => {
    const in1970 = `INSERT INTO rate_limits VALUES ('old', 3, 1000), ('new', 3, ${Date.now() + 60_000})`;
    await database.pool.query(in1970);
    await purgeRateLimits(database.pool);
    const { rows } = await database.pool.query(
      `SELECT key FROM rate_limits WHERE key IN ('old', 'new')`,
    );
    expect(rows).toEqual([{ key: 'new' }]);
  });

  it('without its table: limits in memory, logged once; with the table again: shared limits, logged once', async () => {
    const guard = createIdentityLimits(1, (await open()).identity);
    const address = client();
    logged.length = 0;
    await database.pool.query('ALTER TABLE rate_limits RENAME TO elsewhere');
    expect(await passing(8, () => guard.register(address))).toBe(5);
    expect(logged).toEqual([expect.stringContaining('PostgreSQL is unavailable for rate limits')]);
    await database.pool.query('ALTER TABLE elsewhere RENAME TO rate_limits');
    await until(async () => (await guard.refresh('session')) === undefined && logged.length > 1);
    expect(logged).toEqual([expect.anything(), 'PostgreSQL is available for rate limits again']);
    expect(await statusOf(guard.register(address))).toBe(200);
  });
});

describe.runIf(testsRedis)('Redis', () => {
  it('if it stops responding: no call waits for it, and limits apply in memory', async () => {
    const guard = createIdentityLimits(1, (await openRedis()).identity);
    const address = client();
    logged.length = 0;
    redis?.freeze();
    try {
      expect(await passing(7, () => guard.register(address))).toBe(5);
      expect(logged).toEqual([expect.stringContaining('Redis is unavailable for rate limits')]);
    } finally {
      redis?.thaw();
    }
    await until(async () => (await guard.refresh('silent')) === undefined && logged.length > 1);
    expect(logged).toEqual([expect.anything(), 'Redis is available for rate limits again']);
  });

  it('if it is killed: limits apply in memory at once; after its return they are shared again', async () => {
    const guard = createIdentityLimits(1, (await openRedis()).identity);
    logged.length = 0;
    await redis?.kill();
    const address = client();
    expect(await passing(12, (n) => guard.login(`somebody${n}@example.org`, address))).toBe(10);
    expect(logged).toEqual([expect.stringContaining('Redis is unavailable for rate limits')]);
    await redis?.restart();
    await until(async () => (await guard.refresh('session')) === undefined && logged.length > 1, {
      timeout: 30_000,
    });
    expect(logged).toEqual([expect.anything(), 'Redis is available for rate limits again']);
    const other = createIdentityLimits(1, (await openRedis()).identity);
    expect(await passing(5, () => guard.register(address))).toBe(5);
    expect(await statusOf(other.register(address))).toBe(429);
  });
});

it('logs at the start that Redis cannot be reached', async () => {
  const before = logged.length;
  await open('redis://127.0.0.1:9');
  expect(logged.slice(before)).toEqual([
    expect.stringContaining('Redis is unavailable for rate limits'),
  ]);
  expect(reasons.at(-1)).toMatchObject({
    err: { message: expect.stringContaining('ECONNREFUSED') },
  });
});
