import type { Call, DatabaseState } from '@synap/contracts';
import { createDatabase, type Database } from '@synap/db';
import {
  createAccessTokens,
  createPasswordHasher,
  createRefreshTokens,
  createSecretBox,
} from '@synap/security';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Method } from './database-faults.js';
import { createServices } from './services.js';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const call: Call = {
  actor: { kind: 'anonymous' },
  requestId: 'test',
  address: '192.0.2.1',
  signal: new AbortController().signal,
};

function createCore(state: DatabaseState) {
  const keys = [{ kid: 'a', secret: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu' }] as const;
  return createServices({
    database,
    databaseState: () => state,
    probeDatabase: async () => state,
    registry: {
      list: () => [],
      get: () => undefined,
      variables: () => [],
      settled: async () => {},
      load: () => Promise.reject(new Error('No module')),
      sync: async () => {},
      close: async () => {},
    },
    widgetCache: {
      read: () => Promise.reject(new Error('No module')),
      expire: async () => {},
    },
    hasher: createPasswordHasher(),
    accessTokens: createAccessTokens({ keys, issuer: 'synap', audience: 'synap' }),
    refreshTokens: createRefreshTokens({ keys }),
    secretBox: createSecretBox({ keys }),
    renderMail: () => ({ subject: '', html: '', text: '' }),
    verifyEmail: false,
    linkTo: (path) => `https://synap.example.org${path}`,
    localDomains: false,
    meta: { name: 'Synap', version: '1', environment: 'production', signup: 'open', docs: null },
    routes: [],
  });
}

test('while the database is not migrated, every service but "system" says so', async () => {
  const core = createCore('unmigrated');
  const { system, ...others } = core.services;
  expect(await system.health(call)).toMatchObject({ status: 'degraded' });
  const unavailable = {
    code: 'unavailable',
    message: expect.stringContaining('not migrated'),
  };
  const methods = Object.values(others).flatMap((service) => Object.values<Method>(service));
  expect(methods.length).toBeGreaterThan(40);
  for (const method of methods) await expect(method()).rejects.toMatchObject(unavailable);
  await expect(core.authenticate('token')).rejects.toMatchObject(unavailable);
});

test('mail addresses of the local machine are rejected by every method that takes one', async () => {
  const { auth, invitations } = createCore('ready').services;
  const rejected = { code: 'bad_request', details: { errors: [{ pointer: '/email' }] } };
  const email = 'root@localhost';
  await expect(auth.forgot(call, { email })).rejects.toMatchObject(rejected);
  await expect(auth.register(call, { email, password: 'x' })).rejects.toMatchObject(rejected);
  const actor = {
    kind: 'user',
    userId: '019aa5ca-7b1e-7d40-a1f3-5c2e8b9d6f71',
    email,
    role: 'superuser',
    sessionId: null,
    verified: true,
  } as const;
  await expect(
    invitations.create({ ...call, actor }, { email, role: 'user' }),
  ).rejects.toMatchObject(rejected);
});
