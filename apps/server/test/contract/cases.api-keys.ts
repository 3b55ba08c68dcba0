import { randomUUID } from 'node:crypto';
import type { ContractCase } from './contract-case.js';
import { byCall, byInput, byKeyWithoutScope, each } from './error-cases.js';
import type { Caller, Fixture } from './fixture.js';

const content = {
  name: 'Robot',
  scopes: ['dashboards:read'],
  expiresAt: '2099-01-01T00:00:00+01:00',
};

/** Deletes keys of earlier cases, because a user may have only fifty. */
const deleteKeys = ({ database }: Fixture) =>
  database.query("DELETE FROM api_keys WHERE name = 'Robot'");

async function newKey(fixture: Fixture, caller: Caller) {
  if (caller === 'anonymous') return { id: randomUUID() };
  await deleteKeys(fixture);
  const { body } = await fixture.server.rest('POST', '/api-keys', {
    token: fixture.tokenOf(caller),
    body: content,
  });
  return { id: body.id };
}

/** Signs in as a user with the maximum number of keys. */
async function signInWithFiftyKeys({ server, database }: Fixture) {
  const { email, token } = await server.newUser();
  await database.query(
    `INSERT INTO api_keys (id, user_id, name, secret_hash, scopes)
     SELECT gen_random_uuid(), id, 'One of many', '', '{widgets:read}' FROM users, generate_series(1, 50) WHERE email = $1`,
    [email],
  );
  return { token };
}

export const cases: Record<string, ContractCase> = {
  'apiKeys.list': {
    callers: { anonymous: 401, user: 200, other: 200, superuser: 200 },
    validCall: () => ({ input: { size: 3 } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: byKeyWithoutScope },
  },
  'apiKeys.create': {
    callers: { anonymous: 401, user: 201, other: 201, superuser: 201 },
    async validCall(fixture) {
      await deleteKeys(fixture);
      return { input: content };
    },
    changes: true,
    volatileFields: ['/id', '/key', '/createdAt'],
    errors: {
      400: each(
        byInput({ ...content, scopes: [] }),
        byInput({ ...content, scopes: ['files:unheard-of'] }),
        byInput({ ...content, expiresAt: '2001-01-01T00:00:00Z' }),
        byCall(({ dashboardId }) => ({
          input: { ...content, scopes: ['modules:read'], dashboardId },
        })),
      ),
      403: byKeyWithoutScope,
      404: each(
        byCall(({ dashboardId, tokenOf }) => ({
          token: tokenOf('other'),
          input: { ...content, dashboardId },
        })),
        byInput({ ...content, dashboardId: randomUUID() }),
      ),
      409: byCall(signInWithFiftyKeys),
    },
  },
  'apiKeys.remove': {
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    validCall: async (fixture, caller) => ({ input: await newKey(fixture, caller) }),
    changes: true,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: byKeyWithoutScope,
      404: each(
        byInput({ id: randomUUID() }),
        byCall(async (fixture) => ({ input: await newKey(fixture, 'other') })),
      ),
    },
  },
};
