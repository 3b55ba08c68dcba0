import { createPool } from '@synap/db';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const secrets = {
  ACCESS_TOKEN_SECRET: 'Vq8Zr3Lm6Tx1Np9Ys4Kd7Wb2Hc5Jf0Ge',
  REFRESH_TOKEN_SECRET: 'Xt5Bn2Qk8Wz4Rm7Fv1Lc6Dj9Sp3Hg0Ay',
  ENCRYPTION_SECRET: 'Jm4Ws9Ec2Uk7Pz1Xg6Nf3Qb8Vt5Rh0Ld',
};
const variables = { ...secrets, SYNAP_ROLE: 'server' };

let [one, other]: ServerUnderTest[] = [];
let database: ReturnType<typeof createPool>;

const listeners = async () => {
  const { rows } = await database.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'synap identity listener' AND datname = current_database() AND query LIKE 'LISTEN%'",
  );
  return rows.map(({ pid }) => pid);
};
const bothListen = () => until(async () => (await listeners()).length === 2, { timeout: 30_000 });

beforeAll(async () => {
  // Freezes time for both servers: cached identities do not expire, only a notification
  // invalidates them.
  vi.useFakeTimers({ toFake: ['Date'] });
  one = await startServerUnderTest({ variables });
  other = await startServerUnderTest({ variables, databaseUrl: one.database.url });
  database = createPool({ url: one.database.url, size: 2 });
  await bothListen();
});
afterAll(async () => {
  await database.end();
  await other?.close();
  await one?.close();
  vi.useRealTimers();
});

function servers() {
  if (!one || !other) throw new Error('The servers did not start');
  return { one, other };
}

/** Signs a user in, creates a key, and lets both servers cache them. */
async function someone() {
  const { one, other } = servers();
  const email = `someone-${Math.random()}@example.org`;
  const account = { email, password: 'a passphrase for tests' };
  await one.rest('POST', '/auth/register', { body: account });
  const token = await one.signIn(account);
  const { body } = await one.rest('POST', '/api-keys', {
    token,
    body: { name: 'Robot', scopes: ['profile:read'] },
  });
  const key: string = body.key;
  const statusAtOther = async (by: string) =>
    (await other.rest('GET', '/auth/me', { token: by })).status;
  for (const by of [token, key]) expect(await statusAtOther(by)).toBe(200);
  return {
    email,
    token,
    key,
    keyId: String(body.id),
    statusAtOther,
    isRefused: (by: string) => until(async () => (await statusAtOther(by)) === 401),
  };
}

const disable = (email: string) =>
  database.query('UPDATE users SET disabled_at = now() WHERE email = $1', [email]);

describe('a change on one server applies to the other at once', () => {
  it('for a sign-out', async () => {
    const { token, key, isRefused, statusAtOther } = await someone();
    await servers().one.rest('POST', '/auth/logout', { token });
    await isRefused(token);
    expect(await statusAtOther(key)).toBe(200);
  });

  it('for a removed key', async () => {
    const { token, key, keyId, isRefused, statusAtOther } = await someone();
    await servers().one.rest('DELETE', `/api-keys/${keyId}`, { token });
    await isRefused(key);
    expect(await statusAtOther(token)).toBe(200);
  });

  it('for sessions and keys of a user that any statement disables', async () => {
    const { email, token, key, isRefused } = await someone();
    await disable(email);
    await Promise.all([isRefused(token), isRefused(key)]);
  });

  it('for a changed role', async () => {
    const { email, token } = await someone();
    const isOpen = async () =>
      (await servers().other.rest('GET', '/debug/routes', { token })).status === 200;
    expect(await isOpen()).toBe(false);
    await database.query("UPDATE users SET role = 'superuser' WHERE email = $1", [email]);
    await until(isOpen);
    await database.query("UPDATE users SET role = 'user' WHERE email = $1", [email]);
    await until(async () => !(await isOpen()));
  });

  it('for many concurrent changes and an unknown notification', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, someone));
    await database.query("SELECT pg_notify('synap_identity', 'something new')");
    await Promise.all(people.map(({ email }) => disable(email)));
    await Promise.all(people.map(({ token, isRefused }) => isRefused(token)));
  });
});

describe('a listener whose connection is ended', () => {
  it('is replaced, and changes during the gap take effect', async () => {
    const { email, token, key, isRefused } = await someone();
    const before = await listeners();
    await database.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [
      before,
    ]);
    await disable(email);
    await Promise.all([isRefused(token), isRefused(key)]);
    await bothListen();
    expect((await listeners()).filter((pid) => before.includes(pid))).toEqual([]);
    const later = await someone();
    await disable(later.email);
    await later.isRefused(later.token);
    for (const { logged } of Object.values(servers())) {
      expect(logged.filter((line) => line.includes('identity notifications lost'))).toHaveLength(1);
      expect(
        logged.filter((line) => line.includes('identity notifications restored')),
      ).toHaveLength(1);
    }
  });
});

describe('a server that cannot listen', () => {
  it('starts and stops normally, and logs it once', async () => {
    const databaseUrl = 'postgresql://unknown:secret@127.0.0.1:1/none';
    const server = await startServerUnderTest({ variables, databaseUrl, waitUntilReady: false });
    const warnings = () =>
      server.logged.filter((line) => line.includes('identity notifications lost'));
    await until(() => warnings().length > 0);
    expect((await server.rest('GET', '/health')).body).toMatchObject({ status: 'degraded' });
    await server.close();
    expect(warnings()).toHaveLength(1);
    expect(warnings().join('')).not.toContain('secret');
  });

  it('caches identities for at most five seconds', async () => {
    const { email, token, statusAtOther } = await someone();
    // Simulates a pooler in transaction mode: the connection exists, but receives nothing.
    await database.query('ALTER TABLE users DISABLE TRIGGER users_changed');
    try {
      await disable(email);
      expect(await statusAtOther(token)).toBe(200);
      vi.setSystemTime(Date.now() + 4999);
      expect(await statusAtOther(token)).toBe(200);
      vi.setSystemTime(Date.now() + 1);
      expect(await statusAtOther(token)).toBe(401);
    } finally {
      await database.query('ALTER TABLE users ENABLE TRIGGER users_changed');
    }
  });
});
