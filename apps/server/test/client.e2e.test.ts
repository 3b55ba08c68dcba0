import { createClient, isSynapError, type SynapClient } from '@synap/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
let client: SynapClient;

beforeAll(async () => {
  server = await startServerUnderTest();
  client = createClient({ url: server.origin });
  await client.$session.signIn(admin);
});
afterAll(async () => {
  client.$session.close();
  await server.close();
});

describe('the typed client against the real server', () => {
  it('creates, reads, saves and removes a dashboard, with dates as Date', async () => {
    const placed = { moduleId: 'host', widgetId: 'load', params: {}, x: 0, y: 0, w: 4, h: 2 };
    const made = await client.dashboards.create.mutate({ name: 'Work', widgets: [placed] });
    expect(made.createdAt).toBeInstanceOf(Date);
    expect(await client.dashboards.get.query({ id: made.id })).toEqual(made);
    const saved = await client.dashboards.save.mutate({
      id: made.id,
      name: 'Home',
      widgets: [],
      version: made.version,
    });
    expect(saved).toMatchObject({ name: 'Home', version: 2, widgets: [] });
    await client.dashboards.remove.mutate({ id: made.id });
    const gone = await client.dashboards.get
      .query({ id: made.id })
      .catch((error: unknown) => error);
    expect(isSynapError(gone, 'not_found')).toBe(true);
  });

  it('has different codes for a stale version, invalid input and an ended session', async () => {
    const { id } = await client.dashboards.create.mutate({ name: 'Work' });
    const stale = await client.dashboards.save
      .mutate({ id, name: 'x', widgets: [], version: 7 })
      .catch((error: unknown) => error);
    expect(isSynapError(stale, 'stale_version') && stale.status).toBe(409);
    const faulty = await client.dashboards.create
      .mutate({ name: '' })
      .catch((error: unknown) => error);
    expect(isSynapError(faulty, 'bad_request') && faulty.errors).toMatchObject([
      { pointer: '/name' },
    ]);
    const other = createClient({ url: server.origin });
    await other.$session.signIn(admin);
    await other.$session.signOut();
    const ended = await other.auth.me.query().catch((error: unknown) => error);
    expect(isSynapError(ended) && ended.status).toBe(401);
    other.$session.close();
  });

  it('refreshes once for many calls with a rejected token', async () => {
    const { refreshToken } = await client.auth.login.mutate(admin);
    let refreshes = 0;
    const counting: typeof fetch = (input, init) => {
      if (String(input).includes('auth.refresh')) refreshes += 1;
      return fetch(input, init);
    };
    const restored = createClient({ url: server.origin, fetch: counting });
    await restored.$session.restore({ refreshToken, accessToken: 'not.a.token', expiresIn: 600 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => restored.auth.me.query()));
    expect(new Set(answers.map((me) => me.email))).toEqual(new Set([admin.email]));
    expect(refreshes).toBe(1);
    restored.$session.close();
  });
});

describe('the typed client in a page, by cookie', () => {
  /**
   * Sends requests like a browser: with the origin of the page, and with cookies if requested.
   */
  function browser() {
    let jar: string | undefined;
    const send: typeof fetch = async (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('origin', server.origin);
      if (init?.credentials === 'include' && jar) headers.set('cookie', jar);
      const answer = await fetch(input, { ...init, headers });
      const [set] = answer.headers.getSetCookie();
      if (set) jar = set.includes('Max-Age=0') ? undefined : set.split(';')[0];
      return answer;
    };
    return { send, cookie: () => jar };
  }

  it('stays signed in after a reload, and signs out permanently', async () => {
    const { send, cookie } = browser();
    const ended: unknown[] = [];
    const open = () =>
      createClient({
        url: server.origin,
        session: 'cookie',
        fetch: send,
        onSessionEnd: (error) => ended.push(error),
      });
    const first = open();
    expect(first.$session.current.status).toBe('unknown');
    expect(await first.$session.ready()).toEqual({ status: 'signed-out' });
    await first.$session.signIn(admin);
    expect((await first.auth.me.query()).email).toBe(admin.email);
    expect(cookie()).toMatch(/^rt-[0-9a-f]{8}=/);
    first.$session.close();

    const reloaded = open();
    expect(await reloaded.$session.ready()).toEqual({ status: 'signed-in' });
    expect((await reloaded.auth.me.query()).email).toBe(admin.email);
    await reloaded.$session.signOut();
    expect(cookie()).toBeUndefined();
    reloaded.$session.close();

    const last = open();
    expect(await last.$session.ready()).toEqual({ status: 'signed-out' });
    last.$session.close();
    expect(ended).toEqual([]);
  });
});
