import { createPool } from '@synap/db';
import { makeSecret } from '@synap/security';
import { createTestDatabase } from '@synap/testing';
import { describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const secrets = {
  access: { old: makeSecret(), new: makeSecret() },
  refresh: { old: makeSecret(), new: makeSecret() },
};
type Name = keyof typeof secrets.access;

const listOf = (purpose: keyof typeof secrets, names: readonly Name[]) =>
  names.map((name) => `${name}:${secrets[purpose][name]}`).join(',');

/** Restarts a server with these token secrets, and stops it at the end. */
async function withKeys<T>(
  databaseUrl: string,
  names: readonly Name[],
  use: (server: ServerUnderTest) => Promise<T>,
): Promise<T> {
  const variables = {
    SYNAP_ROLE: 'server',
    ACCESS_TOKEN_SECRET: listOf('access', names),
    REFRESH_TOKEN_SECRET: listOf('refresh', names),
  };
  const server = await startServerUnderTest({ variables, databaseUrl });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const login = async (server: ServerUnderTest): Promise<Tokens> =>
  (await server.rest('POST', '/auth/login', { body: admin })).body;
const refresh = (server: ServerUnderTest, { refreshToken }: Tokens) =>
  server.rest('POST', '/auth/refresh', { body: { refreshToken } });
const statusOf = async (server: ServerUnderTest, { accessToken: token }: Tokens) =>
  (await server.rest('GET', '/auth/me', { token })).status;
const kidOf = ({ accessToken }: Tokens) =>
  JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()).kid;

describe('changing the secrets of tokens', { timeout: 90_000 }, () => {
  it('in steps keeps all sessions that refreshed in between', async () => {
    const database = await createTestDatabase();
    const pool = createPool({ url: database.url, size: 1 });
    const keyOf = async ({ refreshToken }: Tokens) =>
      (
        await pool.query('SELECT key_id, revoked_at FROM sessions WHERE id = $1', [
          refreshToken.slice(0, 36),
        ])
      ).rows[0];
    try {
      const [here, away, parallel] = await withKeys(database.url, ['old'], async (server) => {
        const all = [await login(server), await login(server), await login(server)] as const;
        expect(all.map(kidOf)).toEqual(['old', 'old', 'old']);
        return all;
      });

      const [moved, raced] = await withKeys(database.url, ['new', 'old'], async (server) => {
        for (const tokens of [here, away, parallel])
          expect(await statusOf(server, tokens)).toBe(200);
        const { status, body } = await refresh(server, here);
        expect(status).toBe(200);
        expect(kidOf(body)).toBe('new');
        expect(await keyOf(here)).toEqual({ key_id: 'new', revoked_at: null });
        expect(kidOf(await login(server))).toBe('new');
        // Concurrent refreshes still rotate once and get equal responses.
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => refresh(server, parallel)),
        );
        expect(
          new Set(answers.map((answer) => `${answer.status} ${answer.body.refreshToken}`)).size,
        ).toBe(1);
        return [body, answers[0]?.body] as const;
      });

      await withKeys(database.url, ['new'], async (server) => {
        for (const tokens of [moved, raced]) {
          expect(await statusOf(server, tokens)).toBe(200);
          expect((await refresh(server, tokens)).status).toBe(200);
        }
        // A session without a refresh in between has ended, with the usual rejection.
        expect(await statusOf(server, here)).toBe(401);
        expect(await statusOf(server, away)).toBe(401);
        expect(await refresh(server, away)).toMatchObject({
          status: 401,
          body: { code: 'unauthenticated' },
        });
        expect(await keyOf(away)).toEqual({ key_id: 'old', revoked_at: null });
      });

      // If the old key was removed too early, it can be listed again.
      await withKeys(database.url, ['new', 'old'], async (server) => {
        expect(await refresh(server, away)).toMatchObject({ status: 200 });
        expect(await keyOf(away)).toEqual({ key_id: 'new', revoked_at: null });
      });
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});
