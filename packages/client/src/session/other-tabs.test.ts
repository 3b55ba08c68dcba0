import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClientOptions, createClient, memoryStorage, type TokenStorage } from '../index.js';
import { hangUp, onPath, serveSynap, type TestServer } from '../testing/server.js';
import { credentials } from '../testing/sessions.js';
import { createLocks } from './locks.js';

let server: TestServer;
let storage: TokenStorage;
const opened: { $session: { close(): void } }[] = [];

beforeEach(async () => {
  server = await serveSynap();
  storage = { ...memoryStorage(), name: 'shared' };
});
afterEach(async () => {
  for (const { $session } of opened.splice(0)) $session.close();
  vi.unstubAllGlobals();
  await server.close();
});

/** A client as in another tab: only storage, locks and channel are shared. */
function openTab(options: Partial<ClientOptions> = {}) {
  const tab = createClient({ url: server.url, storage, ...options });
  opened.push(tab);
  return tab;
}

/** Opens tabs that share one session and all hold an access token of it. */
async function openTabs(count: number) {
  const tabs = Array.from({ length: count }, () => openTab());
  await tabs[0]?.$session.signIn(credentials);
  await vi.waitFor(() =>
    expect(tabs.every((tab) => tab.$session.current.status === 'signed-in')).toBe(true),
  );
  return tabs;
}

describe.each([
  ['with Web Locks', true],
  ['without Web Locks', false],
])('tabs that share a session, %s', (_case, withLocks) => {
  beforeEach(() => {
    vi.stubGlobal('navigator', withLocks ? { locks: createLocks() } : undefined);
  });

  test('signing in or out in one tab updates all tabs', async () => {
    const tabs = await openTabs(3);
    expect(await tabs[1]?.users.me.get.query()).toMatchObject({ email: credentials.email });
    await tabs[2]?.$session.signOut();
    await vi.waitFor(() =>
      expect(tabs.every((tab) => tab.$session.current.status === 'signed-out')).toBe(true),
    );
    expect(server.counts).toMatchObject({ logins: 1, refreshes: 0, logouts: 1 });
  });

  test('an expired token is replaced by one rotation, and every call of every tab succeeds', async () => {
    const tabs = await openTabs(4);
    server.expireAccessTokens();
    const calls = tabs.flatMap((tab) => Array.from({ length: 10 }, () => tab.users.me.get.query()));
    await expect(Promise.all(calls)).resolves.toHaveLength(40);
    expect(server.counts.rotations).toBe(1);
    expect(server.counts.refreshes).toBe(1);
  });

  test('all tabs notice the end of a session; the one that found out reports it', async () => {
    const onSessionEnd = vi.fn();
    const tabs = [openTab({ onSessionEnd }), openTab({ onSessionEnd })];
    await tabs[0]?.$session.signIn(credentials);
    server.revokeSessions();
    await expect(tabs[1]?.users.me.get.query()).rejects.toMatchObject({
      code: expect.stringMatching(/session_ended|unauthenticated/),
    });
    await vi.waitFor(() =>
      expect(tabs.every((tab) => tab.$session.current.status === 'signed-out')).toBe(true),
    );
    expect(onSessionEnd).toHaveBeenCalledTimes(1);
  });
});

test('a tab refreshes itself if the tab it waited for failed to', async () => {
  vi.stubGlobal('navigator', { locks: createLocks() });
  const [first, second] = await openTabs(2);
  server.expireAccessTokens();
  let failures = 1;
  server.control.intercept = onPath('auth.refresh', (req) => failures-- > 0 && hangUp(req));
  await expect(
    Promise.all([first?.users.me.get.query(), second?.users.me.get.query()]),
  ).resolves.toHaveLength(2);
  expect(server.counts.rotations).toBe(1);
});

test('clients with storages of their own do not share anything', async () => {
  const [one, other] = [createClient({ url: server.url }), createClient({ url: server.url })];
  await one.$session.signIn(credentials);
  await expect(other.users.me.get.query()).rejects.toMatchObject({ code: 'unauthenticated' });
});
