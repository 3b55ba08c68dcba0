import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { breakDatabase, databaseCanary } from './broken-database.js';
import { readDocument, type ServedDocument } from './document.js';
import { type Answer, type Ask, createFaces } from './faces.js';
import { makeWorld, type World } from './fixture.js';
import { type Procedure, procedures } from './procedures.js';
import { goodAsk, rowOf } from './rows.js';

let world: World;
let document: ServedDocument;
const asks = new Map<Procedure, Ask>();

beforeAll(async () => {
  world = await makeWorld();
  document = await readDocument(world.server.origin);
  for (const procedure of procedures) asks.set(procedure, await goodAsk(procedure, world));
});
afterAll(() => world.close());

/**
 * Makes the good call of every procedure that lists the status on a server in trouble: both faces
 * must answer it.
 */
async function expectOfAll(
  { origin }: Pick<ServerUnderTest, 'origin'>,
  status: number,
  token: string,
): Promise<Answer[]> {
  const faces = createFaces(origin);
  const answers: Answer[] = [];
  for (const [procedure, ask] of asks) {
    expect(document.statusesOf(procedure), procedure.path).toContain(status);
    if (typeof rowOf(procedure).errors[status] === 'string') continue;
    const own = { ...ask, token };
    const [rest, rpc] = await Promise.all([faces.rest(procedure, own), faces.rpc(procedure, own)]);
    for (const { face, text, ...answer } of [rest, rpc]) {
      expect(
        [answer.status, answer.problem?.status],
        `${procedure.path} over ${face}: ${text}`,
      ).toEqual([status, status]);
    }
    expect(document.faultOf(procedure, rest), procedure.path).toBeUndefined();
    answers.push(rest, rpc);
  }
  expect(answers.length).toBeGreaterThan(procedures.length);
  return answers;
}

describe('every procedure', () => {
  it('answers 429 with Retry-After on both faces when the address asks too much', async () => {
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

  it('answers 503 with what to do on both faces when the database is not migrated', async () => {
    const variables = { SYNAP_MIGRATE: 'off', SYNAP_ROLE: 'server' };
    const unmigrated = await startServerUnderTest({
      migrated: false,
      waitUntilReady: false,
      variables,
    });
    try {
      await until(() =>
        unmigrated.reported.some((line) => line.includes('npx prisma migrate deploy')),
      );
      for (const { headers, problem } of await expectOfAll(unmigrated, 503, 'not-asked-for')) {
        expect(problem?.detail).toBe('Database is not migrated: run "npx prisma migrate deploy"');
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      await unmigrated.close();
    }
  });

  it('answers 500 on both faces when the database fails, and tells only the operator why', async () => {
    // A session that nobody has asked about: what is known of it cannot come from memory.
    const { accessToken } = await world.signIn(admin);
    await breakDatabase(world.database);
    for (const { text, headers, problem } of await expectOfAll(world.server, 500, accessToken)) {
      expect(problem?.code).toBe('internal_server_error');
      expect(problem?.detail).toBe(
        'Unexpected server error. Report the request id if it persists.',
      );
      expect(text + JSON.stringify([...headers])).not.toMatch(
        /canary|SELECT|prisma|\/(src|dist|node_modules)\//i,
      );
    }
    expect(
      world.server.logged.filter((line) => line.includes(databaseCanary)).length,
    ).toBeGreaterThan(procedures.length);
  });
});
