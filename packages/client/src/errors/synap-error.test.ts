import { safe, TRPCClientError } from '@trpc/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, isSynapError, type SynapClient, SynapError } from '../index.js';
import { sendPage, sendProblem, serveSynap, type TestServer } from '../testing/server.js';
import { credentials } from '../testing/sessions.js';

const absentId = '7d1b2f7e-0c64-4a0e-8a5d-3b8f1d0a9c22';

let server: TestServer;
let client: SynapClient;
beforeEach(async () => {
  server = await serveSynap();
  client = createClient({ url: server.url });
  await client.$session.signIn(credentials);
});
afterEach(() => server.close());

/** Requests for a procedure so far. */
const sent = (procedure: string) => server.paths.filter((path) => path.includes(procedure)).length;

describe('errors', () => {
  test('an error has code, status and request id, and is still a tRPC error', async () => {
    const error = await client.dashboards.get
      .query({ id: absentId })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({
      name: 'SynapError',
      code: 'not_found',
      status: 404,
      message: 'Dashboard not found',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      errors: [],
      data: { code: 'NOT_FOUND', problem: { title: 'Not Found', type: 'about:blank' } },
    });
    const [data, failure] = await safe(client.dashboards.get.query({ id: absentId }));
    expect([data, failure?.data?.problem.code]).toEqual([undefined, 'not_found']);
  });

  test('validation errors have JSON Pointers', async () => {
    const call = client.dashboards.create.mutate({ name: 'x'.repeat(101), widgets: [] });
    await expect(call).rejects.toMatchObject({
      code: 'bad_request',
      errors: [{ pointer: '/name', message: expect.any(String) }],
    });
  });

  test('each call of a batch fails or succeeds by itself', async () => {
    const outcomes = await Promise.allSettled([
      client.users.me.get.query(),
      client.dashboards.get.query({ id: absentId }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('an error before the router is read from its problem object, with Retry-After', async () => {
    server.control.intercept = (_req, res) =>
      sendProblem(res, 429, 'too_many_requests', { 'retry-after': '7' });
    const call = client.users.me.get.query();
    await expect(call).rejects.toMatchObject({
      code: 'too_many_requests',
      status: 429,
      retryAfter: 7,
      requestId: 'r-1',
    });
    expect(sent('users.me.get')).toBe(1);
  });

  test.each([
    [500, 'internal_server_error'],
    [413, 'payload_too_large'],
    [418, 'bad_request'],
    [200, 'invalid_response'],
  ])("a proxy's page with status %i is %s", async (status, code) => {
    server.control.intercept = (_req, res) => sendPage(res, status);
    await expect(client.users.me.get.query()).rejects.toMatchObject({ code, status });
  });

  test('an unknown code becomes that of its status; the problem still has it', async () => {
    server.control.intercept = (_req, res) => sendProblem(res, 409, 'calendar_full');
    await expect(client.users.me.get.query()).rejects.toMatchObject({
      code: 'conflict',
      problem: { code: 'calendar_full' },
    });
  });

  test('JSON of another service is an invalid response', async () => {
    server.control.intercept = (_req, res) => Boolean(res.end('{"hello":"world"}'));
    await expect(client.users.me.get.query()).rejects.toMatchObject({ code: 'invalid_response' });
  });

  test('an error in the client keeps its cause', async () => {
    const broken = createClient({
      url: server.url,
      headers: () => {
        throw new RangeError('no header today');
      },
    });
    await expect(broken.system.health.query()).rejects.toMatchObject({
      code: 'unexpected',
      cause: expect.any(RangeError),
    });
  });

  test('isSynapError recognises these errors, and their codes', () => {
    const error = new SynapError('stale_version', 'Read it again');
    expect(isSynapError(error)).toBe(true);
    expect(isSynapError(error, 'conflict', 'stale_version')).toBe(true);
    expect(isSynapError(error, 'conflict')).toBe(false);
    expect(isSynapError(new Error('Read it again'))).toBe(false);
  });
});
