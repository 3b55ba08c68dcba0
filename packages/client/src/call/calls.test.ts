import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, type SynapClient } from '../index.js';
import { hangUp, onPath, sendProblem, serveSynap, type TestServer } from '../testing/server.js';
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

describe('requests', () => {
  test('dates arrive as dates', async () => {
    const { createdAt } = await client.users.me.get.query();
    expect(createdAt).toEqual(new Date('2026-01-02T03:04:05.678Z'));
  });

  test('calls made at the same time share batches of at most ten', async () => {
    await Promise.all(Array.from({ length: 25 }, () => client.users.me.get.query()));
    const batches = server.paths
      .filter((path) => path.includes('users.me.get'))
      .map((path) => path.split(',').length);
    expect(batches.sort()).toEqual([10, 10, 5]);
  });

  test('procedures of any name can be called; helpers and `then` are not mistaken for them', async () => {
    expect(Reflect.get(client, 'then')).toBeUndefined();
    await expect(Promise.resolve(client)).resolves.toBe(client);
    await expect(client.dashboards.list.query({ size: 5 })).resolves.toEqual({
      items: [],
      nextCursor: null,
    });
  });

  test('a list needs no input', async () => {
    await expect(client.dashboards.list.query()).resolves.toEqual({ items: [], nextCursor: null });
  });

  test('a query too long for a URL rejects with `input_too_large`; the longest one is sent', async () => {
    const data = (length: number) =>
      client.widgets.data
        .query({ moduleId: 'git', widgetId: 'commits', params: { path: 'x'.repeat(length) } })
        .catch((e) => e);
    const lengths = [7_600, 7_700, 7_750, 7_800, 7_850, 7_900, 8_000, 20_000];
    const codes = await Promise.all(lengths.map(async (length) => (await data(length)).code));
    expect(codes[0]).toBe('unavailable');
    expect(codes.at(-1)).toBe('input_too_large');
    expect(new Set(codes)).toEqual(new Set(['unavailable', 'input_too_large']));
  });

  test('the headers option is evaluated for every request', async () => {
    const traces: unknown[] = [];
    server.control.intercept = (req) => {
      traces.push(req.headers['x-trace']);
      return false;
    };
    let asked = 0;
    const traced = createClient({
      url: `${server.url}/`,
      headers: () => ({ 'x-trace': String(++asked) }),
    });
    await traced.$session.signIn(credentials);
    await traced.users.me.get.query();
    expect(traces).toEqual(['1', '2']);
  });

  test('an API key is sent as bearer token, without a session', async () => {
    const keys: unknown[] = [];
    server.control.intercept = (req) => {
      keys.push(req.headers.authorization);
      return false;
    };
    const robot = createClient({ url: server.url, auth: { apiKey: 'syn_abc_def' } });
    await expect(robot.users.me.get.query()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(robot.$session.signIn(credentials)).rejects.toThrow(TypeError);
    expect(keys).toEqual(['Bearer syn_abc_def']);
  });
});

describe('retries', () => {
  test('a query without a response is retried, at most twice', async () => {
    let failures = 2;
    server.control.intercept = onPath('users.me.get', (req) => failures-- > 0 && hangUp(req));
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });

    server.control.intercept = onPath('users.me.get', hangUp);
    await expect(client.users.me.get.query()).rejects.toMatchObject({
      code: 'network',
      status: undefined,
    });
    expect(sent('users.me.get')).toBe(6);
  });

  test('a query waits as long as Retry-After says', async () => {
    const call = client.widgets.data.query({ moduleId: 'git', widgetId: 'commits' });
    const before = performance.now();
    await expect(call).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
    expect(performance.now() - before).toBeGreaterThan(1950);
    expect(sent('widgets.data')).toBe(3);
  });

  test('a Retry-After of minutes is not awaited: the call rejects at once', async () => {
    server.control.intercept = (_req, res) =>
      sendProblem(res, 503, 'unavailable', { 'retry-after': '120' });
    await expect(client.users.me.get.query()).rejects.toMatchObject({
      code: 'unavailable',
      retryAfter: 120,
    });
    expect(sent('users.me.get')).toBe(1);
  });

  test('a mutation that may have been executed is never repeated', async () => {
    server.control.intercept = onPath('dashboards.create', hangUp);
    await expect(client.dashboards.create.mutate({ name: 'Mine' })).rejects.toMatchObject({
      code: 'network',
    });
    server.control.intercept = onPath('dashboards.create', (_req, res) =>
      sendProblem(res, 503, 'unavailable'),
    );
    await expect(client.dashboards.create.mutate({ name: 'Mine' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(sent('dashboards.create')).toBe(2);
  });

  test('a rejected query is not retried', async () => {
    await expect(client.dashboards.get.query({ id: absentId })).rejects.toThrow();
    expect(sent('dashboards.get')).toBe(1);
  });

  test('`retries: 0` sends everything once', async () => {
    const once = createClient({ url: server.url, retries: 0 });
    server.control.intercept = hangUp;
    await expect(once.system.health.query()).rejects.toMatchObject({ code: 'network' });
    expect(sent('system.health')).toBe(1);
  });
});

describe('aborting', () => {
  /** Accepts requests and never responds. */
  const silent = () => true;

  test('an aborted call rejects at once and its request is closed', async () => {
    const closed = new Promise<void>((resolve) => {
      server.control.intercept = (req) => Boolean(req.socket.once('close', resolve));
    });
    const abort = new AbortController();
    const call = client.users.me.get.query(undefined, { signal: abort.signal });
    const reason = new Error('The user left the page');
    setTimeout(() => abort.abort(reason), 20);
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: reason });
    await closed;
  });

  test('aborting one call of a batch does not affect the others', async () => {
    const abort = new AbortController();
    const aborted = client.users.me.get.query(undefined, { signal: abort.signal });
    const other = client.users.me.get.query();
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    await expect(other).resolves.toMatchObject({ email: credentials.email });
  });

  test('a call aborted before it starts is not sent', async () => {
    await expect(
      client.users.me.get.query(undefined, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(sent('users.me.get')).toBe(0);
  });

  test('a call that waits for its retry can be aborted', async () => {
    server.control.intercept = (_req, res) =>
      sendProblem(res, 503, 'unavailable', { 'retry-after': '9' });
    await expect(
      client.users.me.get.query(undefined, { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(sent('users.me.get')).toBe(1);
  });

  test('aborting a call that waits for a refresh does not abort the refresh', async () => {
    server.expireAccessTokens();
    let answer = () => {};
    server.settings.beforeRefreshResponse = () =>
      new Promise((resolve) => {
        answer = resolve;
        abort.abort();
      });
    const abort = new AbortController();
    const other = client.users.me.get.query();
    await expect(
      client.users.me.get.query(undefined, { signal: abort.signal }),
    ).rejects.toMatchObject({ code: 'aborted' });
    answer();
    await expect(other).resolves.toMatchObject({ email: credentials.email });
    expect(server.counts.refreshes).toBe(1);
  });

  test('signing in can be aborted', async () => {
    server.control.intercept = silent;
    const call = client.$session.signIn(credentials, { signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });
});
