import { randomUUID } from 'node:crypto';
import { apiKeys } from '@synap/contracts';
import type { Caller, World } from './fixture.js';
import { byAsking, byInput, each } from './reach.js';
import { untilKeys } from './rows.auth.js';
import type { Row } from './rows.js';

const content = {
  name: 'Robot',
  scopes: ['dashboards:read'],
  expiresAt: '2099-01-01T00:00:00+01:00',
};

/** Of those that the walk has made before: a user may have fifty. */
const sweep = ({ database }: World) => database.query("DELETE FROM api_keys WHERE name = 'Robot'");

async function newKey(world: World, caller: Caller) {
  if (caller === 'anonymous') return { id: randomUUID() };
  await sweep(world);
  const { body } = await world.server.rest('POST', '/api-keys', {
    token: world.tokenOf(caller),
    body: content,
  });
  return { id: body.id };
}

/** Someone who has as many as there may be. */
async function whoHasFifty({ server, database }: World) {
  const { email, token } = await server.newUser();
  await database.query(
    `INSERT INTO api_keys (id, user_id, name, secret_hash, scopes)
     SELECT gen_random_uuid(), id, 'One of many', '', '{widgets:read}' FROM users, generate_series(1, 50) WHERE email = $1`,
    [email],
  );
  return { token };
}

export const apiKeysRows: Record<string, Row> = {
  'apiKeys.list': {
    endpoint: apiKeys.list,
    callers: { anonymous: 401, user: 200, other: 200, superuser: 200 },
    ask: () => ({ input: { size: 3 } }),
    changes: false,
    errors: { 400: byInput({ size: 0 }), 403: untilKeys },
  },
  'apiKeys.create': {
    endpoint: apiKeys.create,
    callers: { anonymous: 401, user: 201, other: 201, superuser: 201 },
    async ask(world) {
      await sweep(world);
      return { input: content };
    },
    changes: true,
    differs: ['/id', '/key', '/createdAt'],
    errors: {
      400: each(
        byInput({ ...content, scopes: [] }),
        byInput({ ...content, scopes: ['files:unheard-of'] }),
        byInput({ ...content, expiresAt: '2001-01-01T00:00:00Z' }),
        byAsking(({ dashboardId }) => ({
          input: { ...content, scopes: ['modules:read'], dashboardId },
        })),
      ),
      403: untilKeys,
      404: each(
        byAsking(({ dashboardId, tokenOf }) => ({
          token: tokenOf('other'),
          input: { ...content, dashboardId },
        })),
        byInput({ ...content, dashboardId: randomUUID() }),
      ),
      409: byAsking(whoHasFifty),
    },
  },
  'apiKeys.remove': {
    endpoint: apiKeys.remove,
    callers: { anonymous: 401, user: 204, other: 204, superuser: 204 },
    ask: async (world, caller) => ({ input: await newKey(world, caller) }),
    changes: true,
    errors: {
      400: byInput({ id: 'no uuid' }),
      403: untilKeys,
      404: each(
        byInput({ id: randomUUID() }),
        byAsking(async (world) => ({ input: await newKey(world, 'other') })),
      ),
    },
  },
};
