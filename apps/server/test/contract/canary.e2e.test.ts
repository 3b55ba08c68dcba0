import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, startServerUnderTest } from '../server-under-test.js';
import { breakDatabase, databaseCanary } from './broken-database.js';
import { validCall } from './cases.js';
import { type ApiCall, type ApiResponse, createClients } from './clients.js';
import { createFixture, type Fixture } from './fixture.js';
import { isRecord } from './json.js';
import { probeCanary } from './probe-module.js';
import { type Procedure, procedures, routeOf } from './procedures.js';

/** Marks sent data, which must not appear in errors, headers or the log. */
const secret = 'canary-in-a-request';
const inBase64 = Buffer.from(secret).toString('base64').replaceAll('=', '');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture({ SYNAP_ROLE: 'all', SYNAP_BRINGER_ACCESS: 'everyone' });
});
afterAll(() => fixture.close());

const canary = new RegExp(`canary|${inBase64}`);

const holdsSecret = (line: string) => line.includes(secret) || line.includes(inBase64);

function expectSilence(response: Pick<ApiResponse, 'headers' | 'text'>, place: string): void {
  expect(response.text, place).not.toMatch(canary);
  expect(JSON.stringify([...response.headers]), place).not.toMatch(canary);
}

const secretHeaders: Record<string, string>[] = [
  { authorization: `Bearer ${secret}` },
  { authorization: `Bearer ${secret} ${secret}` },
  { authorization: `Basic ${inBase64}` },
  { authorization: `Bearer syn_1_${secret}` },
  { authorization: `Bearer syn_${'0'.repeat(32)}_${secret.padEnd(43, 'A')}` },
  {
    cookie: `__Host-rt=${secret}; session=${secret}`,
    'x-api-key': secret,
    'proxy-authorization': `Basic ${inBase64}`,
  },
  {
    'x-request-id': `${secret} ${secret}`,
    referer: `https://example.org/?token=${secret}`,
    forwarded: `for="${secret}"`,
  },
  {
    'if-match': `"${secret}"`,
    'if-none-match': `"${secret}"`,
    'idempotency-key': `${secret} ä`,
    'user-agent': secret,
  },
];

const secretValues = [secret, [secret], { x: secret }, `${secret}\u0000`, secret.repeat(100)];

/**
 * Puts the secret into each property of a valid input in turn, except path parameters, which
 * errors quote.
 */
function poisoned(
  input: unknown,
  { names }: ReturnType<typeof routeOf>,
  values: readonly unknown[] = secretValues,
): unknown[] {
  if (!isRecord(input)) return [];
  const places = Object.keys(input).filter((name) => !names.includes(name));
  return places.flatMap((name) => values.map((value) => ({ ...input, [name]: value })));
}

const json = { 'content-type': 'application/json' };
const malformed = [
  `{"password":"${secret}"`,
  `"${secret}`,
  secret,
  `{"json":${secret}}`,
  `{"json":"${secret}","meta":"${secret}"}`,
];

/** Creates requests with the secret, most of them invalid. */
async function requestsFor(procedure: Procedure): Promise<ApiCall[]> {
  const call = await validCall(procedure, fixture);
  const route = routeOf(procedure);
  const calls: ApiCall[] = secretHeaders.map((headers) => ({ input: call.input, headers }));
  for (const input of poisoned(call.input, route)) calls.push({ token: call.token, input });
  if (route.hasBody) for (const body of malformed) calls.push({ ...call, body, headers: json });
  return calls;
}

describe('a secret in a request', () => {
  it.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
    'does not appear in errors, headers and the log of %s',
    async (_path, procedure) => {
      let rejected = 0;
      for (const call of await requestsFor(procedure)) {
        for (const response of [
          await fixture.clients.rest(procedure, call),
          await fixture.clients.rpc(procedure, call),
        ]) {
          expect(response.status, response.text).toBeLessThan(500);
          // A success may return the stored value.
          if (response.status < 400) continue;
          expectSilence(response, `${response.transport}: ${JSON.stringify(call).slice(0, 200)}`);
          rejected += 1;
        }
      }
      if (procedure.meta.access !== 'public') expect(rejected).toBeGreaterThan(5);
      expect(fixture.server.logged.filter(holdsSecret)).toEqual([]);
    },
  );

  it('does not appear in errors of sign-in, registration and queries', async () => {
    const { rest, logged } = fixture.server;
    const responses = [
      await rest('POST', '/auth/login', { body: { email: admin.email, password: secret } }),
      await rest('POST', '/auth/register', {
        body: { email: 'x@example.org', password: secret.slice(0, 10) },
      }),
      await rest('POST', `/auth/login?password=${secret}`, {
        body: { email: admin.email, password: secret },
      }),
      await rest('GET', `/auth/me?access_token=${secret}`),
      await rest('GET', `/nowhere?token=${secret}`),
      await rest('DELETE', `/health?token=${secret}`),
    ];
    for (const response of responses) {
      expect(response.status).toBeGreaterThanOrEqual(400);
      expectSilence(response, response.text);
    }
    expect(logged.filter(holdsSecret)).toEqual([]);
  });
});

describe('an error of a module', () => {
  it('appears in the log, but in no response', async () => {
    const { token } = await fixture.server.newUser();
    for (const as of [fixture.tokenOf('user'), fixture.tokenOf('superuser'), token]) {
      for (const target of ['/widget-data/probe/broken', '/modules/probe', '/modules?size=100']) {
        expectSilence(await fixture.server.rest('GET', target, { token: as }), target);
      }
    }
    await until(() => fixture.server.logged.some((line) => line.includes(probeCanary)));
  });
});

describe('an error of the database', () => {
  it('in a failed run appears in no response', async () => {
    await fixture.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${databaseCanary}'; END $$;
      CREATE TRIGGER fail BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.source = 'module') EXECUTE FUNCTION fail();
      DELETE FROM module_runs`);
    for (const [id, token] of [
      ['bringer', fixture.tokenOf('user')],
      ['probe', fixture.tokenOf('superuser')],
    ] as const) {
      const get = (target: string) => fixture.server.rest('GET', target, { token });
      const { body } = await fixture.server.rest('POST', `/modules/${id}/sync`, { token });
      const failed = async () =>
        (await get(`/modules/${id}/runs/${body.runId}`)).body.error !== null;
      await until(failed, { timeout: 10_000 });
      for (const target of [
        `/modules/${id}/runs/${body.runId}`,
        `/modules/${id}/runs`,
        `/modules/${id}`,
        '/modules?size=100',
      ]) {
        expectSilence(await get(target), target);
      }
    }
  });

  it('for a wrong address does not reveal the password in it', async () => {
    const url = 'postgresql://canary-user:canary-password@127.0.0.1:1/canary-database';
    const server = await startServerUnderTest({ databaseUrl: url, waitUntilReady: false });
    try {
      await until(() => server.printed.some((line) => line.includes('cannot be used')));
      const clients = createClients(server.origin);
      for (const procedure of procedures) {
        const call = { ...(await validCall(procedure, fixture)), token: 'none' };
        for (const response of [
          await clients.rest(procedure, call),
          await clients.rpc(procedure, call),
        ]) {
          expectSilence(response, `${procedure.path} over ${response.transport}`);
        }
      }
      expectSilence(await server.rest('POST', '/auth/login', { body: admin }), 'login');
      const output = [...server.logged, ...server.printed].join('\n');
      expect(output).not.toContain('canary-password');
    } finally {
      await server.close();
    }
  });

  it('appears in no response, and the input does not appear in the log', {
    timeout: 60_000,
  }, async () => {
    const { accessToken } = await fixture.signIn(admin);
    const calls = new Map<Procedure, ApiCall[]>();
    for (const procedure of procedures) {
      const call = await validCall(procedure, fixture);
      calls.set(procedure, [
        call,
        ...poisoned(call.input, routeOf(procedure), [secret]).map((input) => ({ ...call, input })),
      ]);
    }
    const expectSilenceOfAll = async (others: ApiCall = {}) => {
      const statuses: number[] = [];
      for (const [procedure, all] of calls) {
        for (const call of all) {
          const own = { ...call, ...others };
          for (const response of [
            await fixture.clients.rest(procedure, own),
            await fixture.clients.rpc(procedure, own),
          ]) {
            if (response.status >= 400)
              expectSilence(response, `${procedure.path} over ${response.transport}`);
            statuses.push(response.status);
          }
        }
      }
      return statuses.filter((status) => status === 500).length;
    };
    // First breaks only the tables that procedures use; authentication still works.
    await breakDatabase(fixture.database, ['users', 'sessions']);
    expect(await expectSilenceOfAll()).toBeGreaterThan(15);
    await breakDatabase(fixture.database);
    expect(await expectSilenceOfAll({ token: accessToken })).toBeGreaterThan(40);
    const log = fixture.server.logged.join('');
    expect(log).toContain(databaseCanary);
    for (const sent of [secret, accessToken, fixture.guest.password])
      expect(log).not.toContain(sent);
  });
});
