import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClientOptions, createClient, isSynapError, memoryStorage } from '../index.js';
import { failureOf } from '../testing/promises.js';
import { hangUp, serveSynap, type TestServer } from '../testing/server.js';
import { credentials } from '../testing/sessions.js';

let server: TestServer;
beforeEach(async () => {
  server = await serveSynap();
});
afterEach(async () => {
  await server.close();
});

async function signedIn(options: Partial<ClientOptions> = {}) {
  const client = createClient({ url: server.url, ...options });
  await client.$session.signIn(credentials);
  return client;
}

describe('signing in and out', () => {
  test('calls send the access token only after signing in', async () => {
    const client = createClient({ url: server.url });
    expect(client.$session.current).toEqual({ status: 'signed-out' });
    expect(isSynapError(await failureOf(client.users.me.get.query()), 'unauthenticated')).toBe(
      true,
    );

    await client.$session.signIn(credentials);
    expect(client.$session.current).toEqual({ status: 'signed-in' });
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });
    expect(server.counts.refreshes).toBe(0);
  });

  test('a wrong password rejects with `unauthenticated` and does not start, end or renew a session', async () => {
    const client = await signedIn();
    const wrong = client.$session.signIn({ ...credentials, password: 'not this one' });
    await expect(wrong).rejects.toMatchObject({
      name: 'SynapError',
      code: 'unauthenticated',
      status: 401,
    });
    await expect(
      client.auth.login.mutate({ ...credentials, password: 'nor this' }),
    ).rejects.toThrow('E-mail or password is wrong');
    expect(client.$session.current.status).toBe('signed-in');
    expect(server.counts.refreshes).toBe(0);
  });

  test('signing out ends the session on the server without calling `onSessionEnd`', async () => {
    const onSessionEnd = vi.fn();
    const storage = memoryStorage();
    const client = await signedIn({ onSessionEnd, storage });
    const stored = await storage.read();
    await client.$session.signOut();
    expect(client.$session.current.status).toBe('signed-out');
    expect(await storage.read()).toBeUndefined();
    await expect(
      createClient({ url: server.url, auth: { refreshToken: stored ?? '' } }).users.me.get.query(),
    ).rejects.toThrow();
    expect(onSessionEnd).not.toHaveBeenCalled();
  });

  test('signing out also ends a session whose access token has expired', async () => {
    const client = await signedIn();
    server.expireAccessTokens();
    await client.$session.signOut();
    expect(server.counts.logouts).toBe(1);
  });

  test('signing out forgets the session even if the server is unreachable, and rejects', async () => {
    const client = await signedIn();
    server.control.intercept = hangUp;
    expect(isSynapError(await failureOf(client.$session.signOut()), 'network')).toBe(true);
    expect(client.$session.current.status).toBe('signed-out');
  });

  test('listeners are called once per change until they unsubscribe; the state object changes only then', async () => {
    const client = createClient({ url: server.url });
    const heard: string[] = [];
    const stop = client.$session.subscribe(({ status }) => heard.push(status));
    await client.$session.signIn(credentials);
    const state = client.$session.current;
    await client.$session.signIn(credentials);
    expect(client.$session.current).toBe(state);
    await client.$session.signOut();
    stop();
    await client.$session.signIn(credentials);
    expect(heard).toEqual(['signed-in', 'signed-out']);
  });

  test('a restored session uses its tokens', async () => {
    const tokens = await createClient({ url: server.url }).auth.login.mutate(credentials);
    const client = createClient({ url: server.url });
    await client.$session.restore(tokens);
    await client.users.me.get.query();
    expect(server.counts.refreshes).toBe(0);

    const later = createClient({ url: server.url, auth: { refreshToken: tokens.refreshToken } });
    expect(later.$session.current.status).toBe('signed-in');
    await later.users.me.get.query();
    expect(server.counts).toMatchObject({ logins: 1, rotations: 1 });
  });
});
