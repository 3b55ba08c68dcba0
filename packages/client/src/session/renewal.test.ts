import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClientOptions, createClient, memoryStorage } from '../index.js';
import { deferred, failureOf } from '../testing/promises.js';
import {
  hangUp,
  onPath,
  sendPage,
  sendProblem,
  serveSynap,
  type TestServer,
} from '../testing/server.js';
import { credentials } from '../testing/sessions.js';

let server: TestServer;
beforeEach(async () => {
  server = await serveSynap();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

async function signedIn(options: Partial<ClientOptions> = {}) {
  const client = createClient({ url: server.url, ...options });
  await client.$session.signIn(credentials);
  return client;
}

describe('renewing the access token', () => {
  test('50 concurrent calls with an expired token share one refresh, and all succeed', async () => {
    const client = await signedIn();
    server.expireAccessTokens();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => client.users.me.get.query()),
    );
    expect(answers).toHaveLength(50);
    expect(server.counts.refreshes).toBe(1);
  });

  test('50 concurrent calls of a client that only has a refresh token share one refresh', async () => {
    const { refreshToken } = await createClient({ url: server.url }).auth.login.mutate(credentials);
    const client = createClient({ url: server.url, storage: memoryStorage(refreshToken) });
    expect(client.$session.current.status).toBe('unknown');
    await Promise.all(Array.from({ length: 50 }, () => client.users.me.get.query()));
    expect(server.counts.refreshes).toBe(1);
    await expect(client.$session.ready()).resolves.toEqual({ status: 'signed-in' });
  });

  test('a mutation rejected with 401 is repeated and takes effect once', async () => {
    const client = await signedIn();
    server.expireAccessTokens();
    await client.dashboards.create.mutate({ name: 'Mine' });
    expect(server.dashboards.map(({ name }) => name)).toEqual(['Mine']);
  });

  test('the token is renewed before it expires, so that no call is rejected first', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const client = await signedIn();
    vi.setSystemTime(Date.now() + 575_000);
    await client.users.me.get.query();
    expect(server.counts.refreshes).toBe(1);
    expect(server.paths.filter((path) => path.includes('users.me.get'))).toHaveLength(1);
  });

  test('a transient refresh failure is harmless while the old token is valid', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const client = await signedIn();
    vi.setSystemTime(Date.now() + 575_000);
    server.control.intercept = onPath('auth.refresh', hangUp);
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });
  });

  test.each([
    ['the server hangs up', onPath('auth.refresh', hangUp), 'network'],
    [
      'the database is unavailable',
      onPath('auth.refresh', (_req, res) => sendProblem(res, 503, 'unavailable')),
      'unavailable',
    ],
    [
      'it is asked too often',
      onPath('auth.refresh', (_req, res) => sendProblem(res, 429, 'too_many_requests')),
      'too_many_requests',
    ],
    [
      'a proxy shows its own 403 page',
      onPath('auth.refresh', (_req, res) => sendPage(res, 403)),
      'forbidden',
    ],
  ])('the session survives if %s during a refresh', async (_case, intercept, code) => {
    const onSessionEnd = vi.fn();
    const client = await signedIn({ onSessionEnd });
    server.expireAccessTokens();
    server.control.intercept = intercept;
    await expect(client.users.me.get.query()).rejects.toMatchObject({ code });
    expect(client.$session.current.status).toBe('signed-in');

    server.control.intercept = () => false;
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });
    expect(onSessionEnd).not.toHaveBeenCalled();
  });

  test('a lost refresh response is requested again while the server repeats it', async () => {
    const client = await signedIn();
    server.expireAccessTokens();
    server.control.intercept = onPath('auth.refresh', (req) => {
      server.settings.beforeRefreshResponse = () => void hangUp(req);
      server.control.intercept = () => {
        server.settings.beforeRefreshResponse = () => undefined;
        return false;
      };
      return false;
    });
    await client.users.me.get.query();
    expect(server.counts).toMatchObject({ refreshes: 2, rotations: 1 });
  });

  test('a call rejected late is repeated with the token that others got in the meantime', async () => {
    const client = await signedIn();
    server.expireAccessTokens();
    const { promise: renewed, resolve: goOn } = deferred();
    const { promise: asked, resolve: ask } = deferred();
    server.settings.beforeAuthentication = (url) => {
      if (!url.includes('users.me.get')) return;
      ask();
      return renewed;
    };
    const slow = client.users.me.get.query();
    await asked;
    await client.dashboards.list.query({});
    goOn();
    await slow;
    expect(server.counts.refreshes).toBe(1);
  });

  test('a refresh that completes after signing out or in again changes nothing', async () => {
    const storage = memoryStorage();
    const client = await signedIn({ storage });
    server.expireAccessTokens();
    const { promise: answered, resolve: answer } = deferred();
    const { promise: asked, resolve: ask } = deferred();
    server.settings.beforeRefreshResponse = () => {
      ask();
      return answered;
    };
    const call = failureOf(client.users.me.get.query());
    await asked;
    await client.$session.signIn(credentials);
    answer();
    expect(await call).toBeUndefined();
    expect(await storage.read()).toBe('session-2.0');
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });
  });

  test('the rejection of an old session does not end its successor', async () => {
    const onSessionEnd = vi.fn();
    const client = await signedIn({ onSessionEnd });
    server.revokeSessions();
    const { promise: answered, resolve: answer } = deferred();
    const { promise: asked, resolve: ask } = deferred();
    server.settings.beforeRefreshResponse = () => {
      ask();
      return answered;
    };
    const call = failureOf(client.users.me.get.query());
    await asked;
    await client.$session.signIn(credentials);
    answer();
    expect(await call).toBeUndefined();
    expect(onSessionEnd).not.toHaveBeenCalled();
    expect(client.$session.current.status).toBe('signed-in');
  });
});
