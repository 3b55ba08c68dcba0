import { createClient } from '@synap/client';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
});
afterAll(() => server.close());

async function newKey(token: string, more: object = {}): Promise<{ id: string; key: string }> {
  const body = { name: 'Robot', scopes: ['dashboards:read', 'profile:read'], ...more };
  const answer = await server.rest('POST', '/api-keys', { token, body });
  expect(answer).toMatchObject({
    status: 201,
    body: { key: expect.stringMatching(/^syn_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/) },
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return answer.body;
}

describe('an API key over the wire', () => {
  it('acts for its owner over both transports until it is removed, and shows its last use', async () => {
    const { email, token } = await server.newUser();
    const { id, key } = await newKey(token);
    const robot = createClient({ url: server.origin, auth: { apiKey: key } });
    expect(await robot.auth.me.query()).toMatchObject({ email });
    expect(await server.rest('GET', '/dashboards', { token: key })).toMatchObject({ status: 200 });
    await expect(robot.dashboards.create.mutate({ name: 'Mine' })).rejects.toMatchObject({
      code: 'forbidden',
      message: 'This API key lacks the scope "dashboards:write".',
    });
    const listed = async () => (await server.rest('GET', '/api-keys', { token })).body.items[0];
    await until(async () => (await listed()).lastUsedAt !== null);
    expect(JSON.stringify(await listed())).not.toContain(key.slice(37));

    expect(await server.rest('DELETE', `/api-keys/${id}`, { token })).toMatchObject({
      status: 204,
    });
    await expect(robot.auth.me.query()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await server.rest('GET', '/dashboards', { token: key })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
  });

  it('is accepted only in the header, not in a query or a cookie', async () => {
    const { token } = await server.newUser();
    const { key } = await newKey(token);
    for (const name of ['access_token', 'api_key', 'apiKey', 'key', 'token']) {
      expect(await server.rest('GET', `/auth/me?${name}=${key}`), name).toMatchObject({
        status: 401,
      });
    }
    const elsewhere: Record<string, string>[] = [
      { cookie: `__Host-rt=${key}; rt=${key}` },
      { 'x-api-key': key },
      { authorization: key },
    ];
    for (const headers of elsewhere) {
      expect(await server.rest('GET', '/auth/me', { headers })).toMatchObject({ status: 401 });
    }
    const origin = {
      origin: server.origin,
      'x-synap-client': '1',
      'content-type': 'application/json',
    };
    const signIn = await server.rest('POST', '/auth/login', { body: { ...admin, cookie: true } });
    const [name] = signIn.headers.getSetCookie()[0]?.split('=') ?? [];
    const cookie = `${name}=${key}`;
    const refresh = await server.rest('POST', '/auth/refresh', {
      headers: { ...origin, cookie },
      body: '{}',
    });
    expect(refresh).toMatchObject({ status: 401 });
    expect(server.logged.join('')).not.toContain(key.slice(37));
  });

  it('gives no access to operations of superusers, even if its owner is one', async () => {
    const { key } = await newKey(await server.signIn());
    for (const target of ['/debug/routes', '/events', '/api-keys', '/auth/sessions']) {
      const answer = await server.rest('GET', target, { token: key });
      expect(answer, target).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('API keys cannot call this') },
      });
    }
  });

  it('cannot end sessions, and does not restrict public operations', async () => {
    const { token } = await server.newUser();
    const { key } = await newKey(token);
    expect(await server.rest('POST', '/auth/logout', { token: key })).toMatchObject({
      status: 403,
    });
    expect(await server.rest('DELETE', '/auth/sessions', { token: key })).toMatchObject({
      status: 403,
    });
    expect(await server.rest('GET', '/health', { token: key })).toMatchObject({ status: 200 });
    expect(await server.rest('GET', '/auth/me', { token })).toMatchObject({ status: 200 });
  });

  it('is rejected after its expiry', async () => {
    const { token } = await server.newUser();
    const { key } = await newKey(token, { expiresAt: new Date(Date.now() + 3000).toISOString() });
    expect(await server.rest('GET', '/auth/me', { token: key })).toMatchObject({ status: 200 });
    await until(async () => (await server.rest('GET', '/auth/me', { token: key })).status === 401, {
      timeout: 30_000,
    });
  });

  it('bound to a dashboard reads the data of its widgets, only with their parameters', async () => {
    const token = await server.signIn();
    const place = { moduleId: 'host', widgetId: 'cpu', x: 0, y: 0, w: 3, h: 3 };
    const body = { name: 'Home', widgets: [{ ...place, params: { limit: 7 } }] };
    const { id: dashboardId } = (await server.rest('POST', '/dashboards', { token, body })).body;
    const { key } = await newKey(token, { scopes: ['widgets:read'], dashboardId });
    const read = async (query: string) =>
      (await server.rest('GET', `/widget-data/host/cpu${query}`, { token: key })).status;
    expect(await read('?params[limit]=7')).not.toBe(403);
    for (const query of ['', '?params[limit]=8', '?params[limit]=7&params[other]=1'])
      expect(await read(query), query).toBe(403);
  });

  it('bound to a dashboard cannot add or change widgets, by any way of saving', async () => {
    const token = await server.signIn();
    const widget = {
      moduleId: 'host',
      widgetId: 'cpu',
      params: { limit: 7 },
      x: 0,
      y: 0,
      w: 3,
      h: 3,
    };
    const made = (
      await server.rest('POST', '/dashboards', {
        token,
        body: { name: 'Home', widgets: [widget, widget] },
      })
    ).body;
    const [first, second] = made.widgets;
    const { key } = await newKey(token, {
      scopes: ['dashboards:read', 'dashboards:write', 'widgets:read'],
      dashboardId: made.id,
    });
    const robot = createClient({ url: server.origin, auth: { apiKey: key } });
    const escapes = [
      [...made.widgets, { ...widget, moduleId: 'git', widgetId: 'commits', params: {} }],
      [...made.widgets, widget],
      [first, { ...second, widgetId: 'memory' }],
      [first, { ...second, moduleId: 'git', widgetId: 'commits' }],
      [first, { ...second, params: { limit: 8 } }],
      [first, { ...second, params: {} }],
    ];
    for (const widgets of escapes) {
      const body = { name: 'Home', widgets };
      const ways = await Promise.all([
        server.rest('PUT', `/dashboards/${made.id}`, { token: key, body: { ...body, version: 1 } }),
        server.rest('POST', `/dashboards/${made.id}`, { token: key, body }),
      ]);
      for (const answer of ways)
        expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      const input = { id: made.id, ...body };
      await expect(robot.dashboards.save.mutate({ ...input, version: 1 })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(robot.dashboards.upsert.mutate(input)).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    expect(await server.rest('GET', '/widget-data/git/commits', { token: key })).toMatchObject({
      status: 403,
    });
    const moved = { name: 'Renamed', widgets: [{ ...second, x: 4, w: 5 }], version: 1 };
    expect(
      await server.rest('PUT', `/dashboards/${made.id}`, { token: key, body: moved }),
    ).toMatchObject({
      status: 200,
      body: { name: 'Renamed', version: 2, widgets: [{ id: second.id, x: 4, w: 5 }] },
    });
    const back = { name: 'Renamed', widgets: [second, first] };
    expect(
      await server.rest('POST', `/dashboards/${made.id}`, { token: key, body: back }),
    ).toMatchObject({ status: 403 });
  });

  it('does not get the stored response of its owner for the same Idempotency-Key', async () => {
    const { token } = await server.newUser();
    const scopes = ['dashboards:read', 'dashboards:write'];
    const headers = { 'idempotency-key': 'same-for-all' };
    const body = { name: 'Secret' };
    const mine = await server.rest('POST', '/dashboards', { token, body, headers });
    const { key } = await newKey(token, { scopes });
    const its = await server.rest('POST', '/dashboards', { token: key, body, headers });
    expect(its.body.id).not.toBe(mine.body.id);
    expect((await server.rest('POST', '/dashboards', { token: key, body, headers })).body).toEqual(
      its.body,
    );
    const { key: bound } = await newKey(token, { scopes, dashboardId: its.body.id });
    expect(await server.rest('POST', '/dashboards', { token: bound, body, headers })).toMatchObject(
      { status: 403 },
    );
  });
});
