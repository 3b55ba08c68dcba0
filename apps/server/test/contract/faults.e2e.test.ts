import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { breakDatabase, databaseCanary } from './broken-database.js';
import { caseOf, validCall } from './cases.js';
import { type ApiCall, type ApiResponse, createClients } from './clients.js';
import { readDocument, type ServedDocument } from './document.js';
import { createFixture, type Fixture } from './fixture.js';
import { type Procedure, procedures } from './procedures.js';

let fixture: Fixture;
let document: ServedDocument;
const calls = new Map<Procedure, ApiCall>();

beforeAll(async () => {
  fixture = await createFixture();
  document = await readDocument(fixture.server.origin);
  for (const procedure of procedures) calls.set(procedure, await validCall(procedure, fixture));
});
afterAll(() => fixture.close());

/**
 * Makes the valid call of every procedure that lists the status on a failing server. Both
 * transports must return the status.
 */
async function expectOfAll(
  { origin }: Pick<ServerUnderTest, 'origin'>,
  status: number,
  token: string,
): Promise<ApiResponse[]> {
  const clients = createClients(origin);
  const responses: ApiResponse[] = [];
  for (const [procedure, call] of calls) {
    expect(document.statusesOf(procedure), procedure.path).toContain(status);
    if (typeof caseOf(procedure).errors[status] === 'string') continue;
    const own = { ...call, token };
    const [rest, rpc] = await Promise.all([
      clients.rest(procedure, own),
      clients.rpc(procedure, own),
    ]);
    for (const { transport, text, ...response } of [rest, rpc]) {
      expect(
        [response.status, response.problem?.status],
        `${procedure.path} over ${transport}: ${text}`,
      ).toEqual([status, status]);
    }
    expect(document.violationOf(procedure, rest), procedure.path).toBeUndefined();
    responses.push(rest, rpc);
  }
  expect(responses.length).toBeGreaterThan(procedures.length);
  return responses;
}

describe('every procedure', () => {
  it('returns 429 with Retry-After over both transports if the address exceeds its limit', async () => {
    const strict = await startServerUnderTest({
      variables: { RATE_LIMIT_FACTOR: '1', SYNAP_ROLE: 'server' },
    });
    try {
      const batch = `${strict.origin}/trpc/${Array.from({ length: 10 }, () => 'system.meta').join(',')}?batch=1`;
      await Promise.all(Array.from({ length: 31 }, () => fetch(batch)));
      for (const { headers, text } of await expectOfAll(strict, 429, 'not-asked-for'))
        expect(Number(headers.get('retry-after')), text).toBeGreaterThan(0);
    } finally {
      await strict.close();
    }
  });

  it('returns 503 with the remedy over both transports if the database is not migrated', async () => {
    const variables = { SYNAP_MIGRATE: 'off', SYNAP_ROLE: 'server' };
    const unmigrated = await startServerUnderTest({
      migrated: false,
      waitUntilReady: false,
      variables,
    });
    try {
      await until(() =>
        unmigrated.printed.some((line) => line.includes('npx prisma migrate deploy')),
      );
      for (const { headers, problem } of await expectOfAll(unmigrated, 503, 'not-asked-for')) {
        expect(problem?.detail).toBe('Database is not migrated: run "npx prisma migrate deploy"');
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      await unmigrated.close();
    }
  });

  it('returns 500 over both transports if the database fails, and logs the cause for the operator', async () => {
    // Uses a new session, which cannot be cached yet.
    const { accessToken } = await fixture.signIn(admin);
    await breakDatabase(fixture.database);
    for (const { text, headers, problem } of await expectOfAll(fixture.server, 500, accessToken)) {
      expect(problem?.code).toBe('internal_server_error');
      expect(problem?.detail).toBe(
        'Unexpected server error. Report the request id if it persists.',
      );
      expect(text + JSON.stringify([...headers])).not.toMatch(
        /canary|SELECT|prisma|\/(src|dist|node_modules)\//i,
      );
    }
    expect(
      fixture.server.logged.filter((line) => line.includes(databaseCanary)).length,
    ).toBeGreaterThan(procedures.length);
  });
});
