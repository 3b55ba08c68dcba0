import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { rpcProblem } from './clients.js';
import { isRecord } from './json.js';
import { procedures } from './procedures.js';

let server: ServerUnderTest;
let token: string;
let strict: ServerUnderTest;

beforeAll(async () => {
  const variables = { SYNAP_ROLE: 'server', TRUST_PROXY: '127.0.0.1' };
  server = await startServerUnderTest({ variables });
  strict = await startServerUnderTest({ variables: { ...variables, RATE_LIMIT_FACTOR: '1' } });
  token = await server.signIn();
});
afterAll(async () => {
  await Promise.all([server.close(), strict.close()]);
});

const json = { 'content-type': 'application/json' };

async function call(target: string, init: RequestInit = {}, { origin } = server) {
  const response = await fetch(`${origin}/trpc/${target}`, init);
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    body,
    problem: rpcProblem(body),
    text,
  };
}

const batchOf = (count: number, path = 'system.meta', comma = ',') =>
  `${Array.from({ length: count }, () => path).join(comma)}?batch=1`;

describe('a batch', () => {
  it('of ten calls is served; one of eleven is rejected as a whole', async () => {
    const ten = await call(batchOf(10));
    expect(ten.status).toBe(200);
    expect(ten.body).toHaveLength(10);
    for (const target of [
      batchOf(11),
      batchOf(11, 'no.such'),
      batchOf(11, 'auth.me', '%2C'),
      `${','.repeat(10)}?batch=1`,
    ]) {
      for (const init of [{}, { method: 'POST', headers: json, body: '{}' }]) {
        const { status, problem, body } = await call(target, init);
        expect([status, problem?.status, Array.isArray(body)], target).toEqual([400, 400, false]);
      }
    }
  });

  it('of 15,000 commas is rejected with 400, and counts as one call', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.1' };
    const rejected = await call(`${','.repeat(15_000)}?batch=1`, { headers }, strict);
    expect([rejected.status, rejected.problem?.code]).toEqual([400, 'bad_request']);
    expect(rejected.headers.get('ratelimit')).toMatch(/r=299/);
  });

  it('that is too large is rejected before authentication, and does not count for the user', async () => {
    const own = await strict.signIn();
    const as = (address: string) => ({
      headers: { authorization: `Bearer ${own}`, 'x-forwarded-for': address },
    });
    const batches = Array.from({ length: 60 }, (_, n) =>
      call(batchOf(11, 'auth.me'), as(`203.0.113.${n}`), strict),
    );
    for (const { status } of await Promise.all(batches)) expect(status).toBe(400);
    // 660 counted calls would exceed the limit of 600; then 600 allowed ones do.
    expect((await call('auth.me', as('203.0.113.100'), strict)).status).toBe(200);
    for (let n = 0; n < 60; n += 1)
      await call(batchOf(10, 'auth.me'), as(`198.51.100.${n}`), strict);
    expect((await call('auth.me', as('203.0.113.100'), strict)).status).toBe(429);
  });

  it('counts each of its calls, for any encoding of the commas', async () => {
    for (const [address, comma] of [
      ['203.0.113.201', ','],
      ['203.0.113.202', '%2C'],
      ['203.0.113.203', '%2c'],
    ] as const) {
      const response = await call(
        batchOf(10, 'system.meta', comma),
        { headers: { 'x-forwarded-for': address } },
        strict,
      );
      expect(response.status, comma).toBe(200);
      expect(response.headers.get('ratelimit'), comma).toMatch(/r=290/);
    }
  });

  it('gets every rejection in the format of tRPC, including that of the rate limit', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.210' };
    const responses = [];
    for (let n = 0; n < 31; n += 1) responses.push(await call(batchOf(10), { headers }, strict));
    const [served, rejected] = [responses[29], responses[30]];
    expect(served?.status).toBe(200);
    expect(rejected).toMatchObject({
      status: 429,
      problem: { code: 'too_many_requests', status: 429 },
    });
    expect(isRecord(rejected?.body) && rejected.body.error).toMatchObject({
      json: {
        message: expect.stringContaining('Retry-After'),
        code: -32029,
        data: { code: 'TOO_MANY_REQUESTS', httpStatus: 429 },
      },
    });
    expect(Number(rejected?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(rejected?.headers.get('content-type')).toBe('application/json');
  });
});

describe('a body', () => {
  const sized = (bytes: number) => `{"json":{"name":"${'x'.repeat(bytes - 20)}"}}`;
  const post = (path: string, body: string) =>
    call(path, { method: 'POST', headers: { ...json, authorization: `Bearer ${token}` }, body });

  it('of 100 KB is read; one byte more is 413, also in a batch', async () => {
    expect(sized(1000).length).toBe(1000);
    expect((await post('dashboards.create', sized(102_400))).status).toBe(400);
    expect((await post('dashboards.create', sized(102_401))).status).toBe(413);
    const padded = `{"0":${sized(50_000)},"1":${sized(60_000)}}`;
    expect((await post('dashboards.create,dashboards.create?batch=1', padded)).status).toBe(413);
  });

  const open = procedures.filter(
    ({ meta, type }) => meta.access === 'public' && type === 'mutation',
  );
  it.each(open.map(({ path }) => path))(
    'of the public procedure %s is limited to 4 KB, alone and in a batch',
    async (path) => {
      const own = { ...json, authorization: `Bearer ${await server.signIn()}` };
      const rejected = await call(path, { method: 'POST', headers: own, body: sized(4097) });
      expect([rejected.status, rejected.problem?.status]).toEqual([413, 413]);
      const batch = { method: 'POST', headers: own, body: `{"0":${sized(4100)}}` };
      expect((await call(`users.me.update,${path}?batch=1`, batch)).status).toBe(413);
      // A rejected call must not have ended the session.
      expect((await call('auth.me', { headers: own })).status).toBe(200);
      expect(
        (await call(path, { method: 'POST', headers: own, body: sized(4096) })).status,
      ).not.toBe(413);
    },
  );

  const routes = open.flatMap(({ input, meta: { openapi } }) =>
    input && openapi ? [openapi, ...(openapi.aliases ?? [])] : [],
  );
  it.each(routes.map(({ method, path }) => [method, path]))(
    'of %s %s over REST is limited to 4 KB too',
    async (method, path) => {
      const types = ['application/json', 'application/x-www-form-urlencoded'];
      const statuses = types.map(async (type) => {
        const body = type.endsWith('json')
          ? JSON.stringify({ name: 'x'.repeat(4097) })
          : `name=${'x'.repeat(4097)}`;
        const target = path.replaceAll(/\{[^}]+\}/g, 'someone%40example.com');
        return (
          await fetch(`${server.origin}/api/v1${target}`, {
            method,
            headers: { 'content-type': type },
            body,
          })
        ).status;
      });
      expect(await Promise.all(statuses)).toContain(413);
      for (const status of await Promise.all(statuses)) expect([413, 415]).toContain(status);
    },
  );
});
