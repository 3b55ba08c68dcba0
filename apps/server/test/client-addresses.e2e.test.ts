import { createPool } from '@synap/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    variables: { SYNAP_ROLE: 'server', TRUST_PROXY: '127.0.0.1', RATE_LIMIT_FACTOR: '1' },
  });
});
afterAll(() => server.close());

const spellings = [
  '192.0.2.7',
  '::ffff:192.0.2.7',
  '::FFFF:c000:207',
  '0:0:0:0:0:ffff:c000:0207',
  '[::ffff:192.0.2.7]:4711',
];

it('all notations of an IPv4 address are shown, logged, stored and counted as one', async () => {
  const tokens: string[] = [];
  const left: number[] = [];
  for (const address of spellings) {
    const headers = { 'x-forwarded-for': address, 'x-request-id': `sign-in-${tokens.length}` };
    const answer = await server.rest('POST', '/auth/login', { body: admin, headers });
    tokens.push(answer.body.accessToken);
    left.push(Number(/"login";r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]));
  }
  expect(left).toEqual([9, 8, 7, 6, 5]);

  const [token = ''] = tokens;
  const sessions = await server.rest('GET', '/auth/sessions', { token });
  expect(sessions.body.items.map(({ address }: { address: string }) => address)).toEqual(
    spellings.map(() => '192.0.2.7'),
  );
  const events = await server.rest('GET', '/events?type=session.started', { token });
  expect(events.body.items.map(({ address }: { address: string }) => address)).toEqual(
    spellings.map(() => '192.0.2.7'),
  );
  const lines = server.logged
    .map((line) => JSON.parse(line))
    .filter(({ requestId }) => /^sign-in-/.test(requestId ?? ''));
  expect(lines.map(({ address }) => address)).toEqual(spellings.map(() => '192.0.2.7'));
});

it('an address stored by an older version is shown in the same notation', async () => {
  const pool = createPool({ url: server.database.url, size: 1, idleInTransactionMilliseconds: 0 });
  await pool.query("UPDATE sessions SET address = '::ffff:192.0.2.9'");
  await pool.end();
  const token = await server.signIn();
  const { body } = await server.rest('GET', '/auth/sessions', { token });
  expect(body.items.map(({ address }: { address: string }) => address)).toContain('192.0.2.9');
});
