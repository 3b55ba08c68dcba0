import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type ClientOptions,
  createClient,
  isSynapError,
  memoryStorage,
  type SynapError,
  type TokenStorage,
} from '../index.js';
import { failureOf } from '../testing/promises.js';
import { serveSynap, type TestServer } from '../testing/server.js';
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

describe('the end of a session', () => {
  test('a rejected refresh ends the session: waiting calls reject, the callback runs once, later calls send no token', async () => {
    const onSessionEnd = vi.fn<(error: SynapError) => void>();
    const storage = memoryStorage();
    const client = await signedIn({ onSessionEnd, storage });
    server.revokeSessions();
    const failures = await Promise.all(
      Array.from({ length: 20 }, () => failureOf(client.users.me.get.query())),
    );
    expect(
      failures.every((error) => isSynapError(error, 'session_ended') && error.status === 401),
    ).toBe(true);
    expect(onSessionEnd).toHaveBeenCalledTimes(1);
    expect(onSessionEnd.mock.calls[0]?.[0]).toMatchObject({
      code: 'session_ended',
      cause: { code: 'unauthenticated' },
    });
    expect(server.counts.refreshes).toBe(1);
    expect(client.$session.current.status).toBe('signed-out');
    expect(await storage.read()).toBeUndefined();
    await expect(client.users.me.get.query()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(client.system.health.query()).resolves.toMatchObject({ status: 'ok' });
  });

  test('a callback that throws does not change the rejection of the calls', async () => {
    const uncaught = vi.fn();
    process.once('uncaughtException', uncaught);
    const others = process
      .listeners('uncaughtException')
      .filter((listener) => listener !== uncaught);
    for (const listener of others) process.off('uncaughtException', listener);
    try {
      const client = await signedIn({
        onSessionEnd: () => {
          throw new Error('fault of the application');
        },
      });
      server.revokeSessions();
      await expect(client.users.me.get.query()).rejects.toMatchObject({ code: 'session_ended' });
      await vi.waitFor(() => expect(uncaught).toHaveBeenCalledTimes(1));
    } finally {
      process.off('uncaughtException', uncaught);
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});

/** Applies each change after the next of these delays, in milliseconds. */
function slowStorage(delays: number[]): TokenStorage {
  let kept: string | undefined;
  const change = (next: string | undefined) =>
    new Promise<void>((resolve) => {
      const apply = () => {
        kept = next;
        resolve();
      };
      setTimeout(apply, delays.shift());
    });
  return {
    read: async () => kept,
    write: (token) => change(token),
    clear: () => change(undefined),
  };
}

describe('the storage', () => {
  test('storage failures reject, and the token that was not stored is still used', async () => {
    const fault = new Error('disk full');
    const storage: TokenStorage = {
      read: () => undefined,
      write: async () => {
        throw fault;
      },
      clear: () => undefined,
    };
    const client = createClient({ url: server.url, storage });
    await expect(client.$session.signIn(credentials)).rejects.toMatchObject({
      code: 'unexpected',
      cause: fault,
    });
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });
  });

  test('a slow storage ends with the last written token', async () => {
    const storage = slowStorage([40, 1, 1]);
    const client = createClient({ url: server.url, storage });
    const first = client.$session.signIn(credentials);
    const second = client.$session.signIn(credentials);
    await Promise.all([first, second]);
    expect(await storage.read()).toBe('session-2.0');
    await client.$session.signOut();
    expect(await storage.read()).toBeUndefined();
  });

  test('a call right after `restore` has its token, even if the storage is slow', async () => {
    const { refreshToken } = await createClient({ url: server.url }).auth.login.mutate(credentials);
    const client = createClient({ url: server.url, storage: slowStorage([40, 1]) });
    const restored = client.$session.restore({ refreshToken });
    await expect(client.users.me.get.query()).resolves.toMatchObject({ email: credentials.email });
    await restored;
  });
});
