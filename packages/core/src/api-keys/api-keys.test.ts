import { randomUUID } from 'node:crypto';
import {
  type ApiKeysService,
  type DashboardsService,
  type Scope,
  tooManyRequests,
  type UserCall,
} from '@synap/contracts';
import type { ModuleInfo } from '@synap/module-runtime';
import { parseApiKey } from '@synap/security';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthFixture, call, createAuthFixture, password } from '../auth.test.fixture.js';
import { createDashboardsService } from '../dashboards/dashboards.service.js';
import { createIdempotent } from '../idempotency/idempotent.js';
import { uuidv7 } from '../ids.js';
import { createWidgetsService } from '../widgets/widgets.service.js';
import { createApiKeysService } from './api-keys.service.js';

let fixture: AuthFixture;
let service: ApiKeysService;
let dashboards: DashboardsService;
const catalogue = { widgetsOf: () => undefined, moduleIds: () => [] };

beforeAll(async () => {
  fixture = await createAuthFixture();
  const { transaction, keyEnded } = fixture;
  service = createApiKeysService(fixture);
  const idempotent = createIdempotent(transaction);
  dashboards = createDashboardsService({
    dashboards: fixture.dashboards,
    transaction,
    idempotent,
    catalogue,
    newId: uuidv7,
    keyEnded,
  });
});
afterAll(() => fixture.close());

/** Creates a signed-in user. */
async function someone(): Promise<UserCall> {
  const { email } = await fixture.makeUser();
  return fixture.callOf((await fixture.auth.login(call, { email, password })).accessToken);
}

const make = (
  by: UserCall,
  more: { dashboardId?: string; expiresAt?: string; scopes?: Scope[] } = {},
) => service.create(by, { name: 'Robot', scopes: ['dashboards:read'], ...more });

/** Builds the call of a client with this key. */
const callBy = (key: string) => fixture.callOf(key);
const refused = { code: 'unauthenticated', message: expect.stringContaining('API key') };
const eventsOf = (id: string) =>
  fixture.db.event.findMany({ where: { subject: `api-key ${id}` }, orderBy: { id: 'asc' } });

describe('a key', () => {
  test('is not created once its owner has made too many changes, which bounds the audit log', async () => {
    const ann = await someone();
    const guard = {
      async change(id: string) {
        throw tooManyRequests(`Too many changes of ${id}`, 60);
      },
    };
    const tired = createApiKeysService({ ...fixture, guard });
    await expect(
      tired.create(ann, { name: 'Robot', scopes: ['dashboards:read'] }),
    ).rejects.toMatchObject({
      code: 'too_many_requests',
      message: expect.stringContaining(ann.actor.userId),
    });
    expect(await service.list(ann, { size: 20 })).toMatchObject({ items: [] });
  });

  test('is shown once, stored as a hash, and audited', async () => {
    const ann = await someone();
    const { key, ...made } = await make(ann, {
      scopes: ['dashboards:read', 'widgets:read', 'dashboards:read'],
    });
    expect(made).toMatchObject({
      name: 'Robot',
      scopes: ['dashboards:read', 'widgets:read'],
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(await service.list(ann, { size: 20 })).toEqual({ items: [made], nextCursor: null });
    const rows = await fixture.db.$queryRaw<
      { row: string }[]
    >`SELECT row_to_json(k)::text AS row FROM api_keys k`;
    const { secret = '' } = parseApiKey(key) ?? {};
    for (const { row } of rows)
      for (const part of [secret, Buffer.from(secret).toString('hex')])
        expect(row).not.toContain(part);
    const events = await eventsOf(made.id);
    expect(events).toMatchObject([
      { type: 'api-key.created', actorId: ann.actor.userId, address: '192.0.2.1' },
    ]);
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  test('acts for its owner within its scopes, with the current role of the owner', async () => {
    const ann = await someone();
    const { key, id } = await make(ann);
    const { actor } = await callBy(key);
    const grant = { id, scopes: ['dashboards:read'], dashboardId: null };
    expect(actor).toEqual({ ...ann.actor, sessionId: null, key: grant });
    await fixture.db.user.update({ where: { id: actor.userId }, data: { role: 'superuser' } });
    fixture.authentication.invalidate('user', actor.userId);
    expect((await callBy(key)).actor.role).toBe('superuser');
  });

  test('is rejected if it is unknown, expired or has a wrong secret, or if its owner is disabled or removed', async () => {
    const ann = await someone();
    const [one, other, ending] = [await make(ann), await make(ann), await make(ann)];
    const strange = one.key.slice(0, 37) + other.key.slice(37);
    const unknown = one.key.replace(/^syn_.{32}/, `syn_${randomUUID().replaceAll('-', '')}`);
    for (const key of [strange, unknown, 'syn_a_b', `${one.key}x`])
      await expect(callBy(key)).rejects.toMatchObject(refused);
    await callBy(ending.key);
    await fixture.db.apiKey.update({ where: { id: ending.id }, data: { expiresAt: new Date() } });
    fixture.keyEnded(ending.id);
    await expect(callBy(ending.key)).rejects.toMatchObject(refused);
    await callBy(one.key);
    await fixture.db.user.update({
      where: { id: ann.actor.userId },
      data: { disabledAt: new Date() },
    });
    fixture.authentication.invalidate('user', ann.actor.userId);
    await expect(callBy(one.key)).rejects.toMatchObject(refused);
    await fixture.db.user.update({ where: { id: ann.actor.userId }, data: { disabledAt: null } });
    fixture.authentication.invalidate('user', ann.actor.userId);
    await callBy(one.key);
    await fixture.db.user.delete({ where: { id: ann.actor.userId } });
    fixture.authentication.invalidate('user', ann.actor.userId);
    await expect(callBy(one.key)).rejects.toMatchObject(refused);
  });

  test('expires on time, even if it is cached', async () => {
    const expiresAt = new Date(Date.now() + 3000).toISOString();
    const { key } = await make(await someone(), { expiresAt });
    await callBy(key);
    await until(async () => (await callBy(key).catch(() => 'refused')) === 'refused', {
      timeout: 15_000,
    });
  });

  test('stops working at once when removed, even while in use; another user cannot remove it', async () => {
    const [ann, ben] = [await someone(), await someone()];
    const { id, key } = await make(ann);
    await expect(service.remove(ben, { id })).rejects.toMatchObject({ code: 'not_found' });
    const using = Array.from({ length: 50 }, () => callBy(key).catch(() => null));
    await service.remove(ann, { id });
    await Promise.all(using);
    for (let tries = 0; tries < 5; tries += 1)
      await expect(callBy(key)).rejects.toMatchObject(refused);
    await expect(service.remove(ann, { id })).rejects.toMatchObject({ code: 'not_found' });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'api-key.created',
      'api-key.revoked',
    ]);
  });

  test('two concurrent removals remove it once', async () => {
    const ann = await someone();
    const { id } = await make(ann);
    const results = await Promise.allSettled([
      service.remove(ann, { id }),
      service.remove(ann, { id }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await eventsOf(id)).toHaveLength(2);
  });

  test('cannot be created with an expiry in the past', async () => {
    const ann = await someone();
    const past = make(ann, { expiresAt: '2026-01-01T00:00:00Z' });
    await expect(past).rejects.toMatchObject({
      code: 'bad_request',
      details: { errors: [{ pointer: '/expiresAt' }] },
    });
    const { expiresAt } = await make(ann, { expiresAt: '2099-01-01T02:00:00+02:00' });
    expect(expiresAt).toEqual(new Date('2099-01-01T00:00:00Z'));
  });

  test('records its last use, at most once a minute', async () => {
    const ann = await someone();
    const { id, key } = await make(ann);
    const used = async () =>
      (await fixture.db.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt;
    const useAnew = async () => {
      fixture.keyEnded(id);
      await callBy(key);
    };
    await callBy(key);
    await until(async () => (await used()) !== null);
    const first = await used();
    await useAnew();
    await useAnew();
    expect(await used()).toEqual(first);
    await fixture.db
      .$executeRaw`UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = ${id}::uuid`;
    await useAnew();
    await until(async () => Date.now() - ((await used())?.getTime() ?? 0) < 30_000);
  });
});

describe('the limit of fifty keys', () => {
  test('holds for concurrent creations', async () => {
    const ann = await someone();
    for (let count = 0; count < 45; count += 1) await make(ann);
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => make(ann)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({
          code: 'conflict',
          message: expect.stringContaining('50'),
        });
    }
    expect(await fixture.db.apiKey.count({ where: { userId: ann.actor.userId } })).toBe(50);
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await service.list(ann, { size: 20, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(50);
    await service.remove(ann, { id: seen[0] ?? '' });
    await expect(make(ann)).resolves.toBeDefined();
  });
});

describe('a key that is bound to a dashboard', () => {
  const place = (widgetId: string) => ({
    moduleId: 'git',
    widgetId,
    params: {},
    x: 0,
    y: 0,
    w: 1,
    h: 1,
  });
  const scopes: Scope[] = ['dashboards:read', 'dashboards:write', 'widgets:read'];

  async function bound() {
    const ann = await someone();
    const mine = await dashboards.create(ann, { name: 'Shown', widgets: [place('commits')] });
    const hidden = await dashboards.create(ann, { name: 'Hidden', widgets: [place('authors')] });
    const made = await make(ann, { scopes, dashboardId: mine.id });
    return { ann, mine, hidden, made, by: await callBy(made.key) };
  }

  test('may have no other scopes, and only a dashboard of its owner', async () => {
    const { mine } = await bound();
    const ben = await someone();
    const attempt = make(ben, {
      dashboardId: mine.id,
      scopes: ['dashboards:read', 'modules:sync'],
    });
    await expect(attempt).rejects.toMatchObject({
      code: 'bad_request',
      details: { errors: [{ pointer: '/scopes/1' }] },
    });
    for (const dashboardId of [mine.id, randomUUID()]) {
      await expect(make(ben, { dashboardId })).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('can access that dashboard and no other', async () => {
    const { mine, hidden, by } = await bound();
    const listed = await dashboards.list(by, { size: 20 });
    expect(listed.items.map(({ id }) => id)).toEqual([mine.id]);
    expect(await dashboards.get(by, { id: mine.id })).toMatchObject({ name: 'Shown' });
    expect(
      await dashboards.save(by, { id: mine.id, name: 'Saved', widgets: [], version: 1 }),
    ).toMatchObject({ version: 2 });
    expect(await dashboards.upsert(by, { id: mine.id, name: 'Again', widgets: [] })).toMatchObject({
      version: 3,
    });
    const absent = { code: 'not_found' };
    await expect(dashboards.get(by, { id: hidden.id })).rejects.toMatchObject(absent);
    for (const id of [hidden.id, randomUUID()]) {
      await expect(
        dashboards.save(by, { id, name: 'X', widgets: [], version: 1 }),
      ).rejects.toMatchObject(absent);
      await expect(dashboards.upsert(by, { id, name: 'X', widgets: [] })).rejects.toMatchObject(
        absent,
      );
      await expect(dashboards.remove(by, { id })).rejects.toMatchObject(absent);
    }
    await expect(dashboards.create(by, { name: 'Another', widgets: [] })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('is removed with its dashboard, is audited, and cannot recreate the dashboard', async () => {
    const { ann, mine, made, by } = await bound();
    const unbound = await make(ann);
    await dashboards.remove(ann, { id: mine.id });
    await expect(callBy(made.key)).rejects.toMatchObject(refused);
    await expect(callBy(unbound.key)).resolves.toBeDefined();
    expect((await eventsOf(made.id)).map(({ type }) => type)).toEqual([
      'api-key.created',
      'api-key.revoked',
    ]);
    // Simulates a call that was authenticated just before.
    await expect(
      dashboards.upsert(by, { id: mine.id, name: 'X', widgets: [] }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('may remove its dashboard, and the audit log names it', async () => {
    const { mine, made, by, ann } = await bound();
    await dashboards.remove(by, { id: mine.id });
    const [, ended] = await eventsOf(made.id);
    expect(ended).toMatchObject({ actorId: ann.actor.userId, payload: { apiKeyId: made.id } });
  });

  test('never outlives a dashboard that is removed concurrently', async () => {
    const ann = await someone();
    for (let round = 0; round < 10; round += 1) {
      const { id } = await dashboards.create(ann, { name: 'Brief', widgets: [] });
      const [made] = await Promise.allSettled([
        make(ann, { dashboardId: id }),
        dashboards.remove(ann, { id }),
      ]);
      if (made.status === 'rejected') continue;
      await expect(callBy(made.value.key)).rejects.toMatchObject(refused);
      expect(await eventsOf(made.value.id)).toHaveLength(2);
    }
    expect(await fixture.db.apiKey.count({ where: { userId: ann.actor.userId } })).toBe(0);
  });

  test('reads the data of the widgets that are placed on it, and no other', async () => {
    const { by } = await bound();
    const widget = (id: string): ModuleInfo['widgets'][number] => ({
      id,
      title: id,
      view: 'table',
      maxAge: 60,
      paramsSchema: {},
      dataSchema: {},
    });
    const git: ModuleInfo = {
      id: 'git',
      name: 'Git',
      version: '1.0.0',
      status: 'ready',
      access: { kind: 'everyone' },
      widgets: [widget('commits'), widget('authors')],
    };
    const reading = { data: 1, asOf: new Date(0), stale: false };
    const widgets = createWidgetsService({
      registry: { list: () => [git], get: () => git },
      widgetCache: { read: async () => reading, expire: async () => {} },
      dashboards: fixture.dashboards,
    });
    expect((await widgets.list(by, { size: 20 })).items.map(({ id }) => id)).toEqual(['commits']);
    expect(await widgets.data(by, { moduleId: 'git', widgetId: 'commits', params: {} })).toEqual(
      reading,
    );
    for (const target of [
      { moduleId: 'git', widgetId: 'authors' },
      { moduleId: 'host', widgetId: 'commits' },
    ]) {
      await expect(widgets.data(by, { ...target, params: {} })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
  });
});
