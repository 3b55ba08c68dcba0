import { randomUUID } from 'node:crypto';
import { createDatabase, type Database } from '@synap/db';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RestResponse,
  type ServerUnderTest,
  startServerUnderTest,
} from './server-under-test.js';

let server: ServerUnderTest;
let database: Database;
let token: string;

beforeAll(async () => {
  server = await startServerUnderTest();
  database = createDatabase({ url: server.database.url });
  token = await server.signIn();
});
afterAll(async () => {
  await database.close();
  await server.close();
});

const post = (target: string, key: string, body?: unknown, as = token, headers = {}) =>
  server.rest('POST', target, { token: as, body, headers: { ...headers, 'idempotency-key': key } });
const create = (key: string, name: string, as = token) => post('/dashboards', key, { name }, as);
const countNamed = (name: string) => database.db.dashboard.count({ where: { name } });
const isReplay = ({ headers }: RestResponse) => headers.get('idempotency-replayed') === 'true';

/** Selects the parts of a response that a replay must repeat. */
const essence = ({ status, headers, text }: RestResponse) => ({
  status,
  text,
  headers: ['content-type', 'content-length', 'location', 'etag'].map((name) => headers.get(name)),
});

describe('Idempotency-Key', () => {
  it('executes one of 20 concurrent requests; the others get a conflict or its response', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => create('at-once', 'At once')),
    );
    const [made, ...more] = answers.filter((answer) => answer.status === 201 && !isReplay(answer));
    expect(more).toEqual([]);
    for (const answer of answers) {
      if (answer.status === 201) expect(answer.text).toBe(made?.text);
      else
        expect(answer).toMatchObject({
          status: 409,
          body: { code: 'conflict', detail: expect.stringContaining('in progress') },
        });
    }
    expect(await countNamed('At once')).toBe(1);
    const after = await create('at-once', 'At once');
    expect([isReplay(after), after.text]).toEqual([true, made?.text]);
  });

  it('replays the response with its Location, but with the id of the new request', async () => {
    const first = await create('location', 'Located');
    const second = await create('location', 'Located');
    expect(second.headers.get('location')).toBe(`/api/v1/dashboards/${first.body.id}`);
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  it('replays a save after later changes, and depends on If-Match', async () => {
    const { body: made } = await server.rest('POST', '/dashboards', {
      token,
      body: { name: 'Versioned' },
    });
    const save = (key: string, match: string) =>
      post(`/dashboards/${made.id}`, key, { name: 'Versioned', widgets: [] }, token, {
        'if-match': match,
      });
    const saved = await save('save', '"1"');
    expect(saved.headers.get('etag')).toBe('"2"');
    expect(essence(await save('save', '"1"'))).toEqual(essence(saved));
    expect(await save('save', '"2"')).toMatchObject({ status: 422 });
    expect(await save('save-again', '"1"')).toMatchObject({ status: 412 });
  });

  it('outlives the server that responded', async () => {
    const first = await create('restart', 'Restarted');
    const other = await startServerUnderTest({ databaseUrl: server.database.url });
    try {
      const headers = { 'idempotency-key': 'restart' };
      const second = await other.rest('POST', '/dashboards', {
        token: await other.signIn(),
        body: { name: 'Restarted' },
        headers,
      });
      expect(isReplay(second)).toBe(true);
      expect(essence(second)).toEqual(essence(first));
    } finally {
      await other.close();
    }
    expect(await countNamed('Restarted')).toBe(1);
  });

  it('repeats a response that never arrived', async () => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': 'lost',
    };
    const init = { method: 'POST', headers, body: JSON.stringify({ name: 'Lost' }) };
    const gone = new AbortController();
    const lost = fetch(`${server.origin}/api/v1/dashboards`, { ...init, signal: gone.signal });
    setImmediate(() => gone.abort());
    await expect(lost).rejects.toThrow();
    await until(async () => (await create('lost', 'Lost')).status === 201);
    expect(await countNamed('Lost')).toBe(1);
  });

  it('is 422 with another body, and separate for other users and procedures', async () => {
    const first = await create('shared', 'Shared');
    expect(await create('shared', 'Changed')).toMatchObject({
      status: 422,
      body: { title: 'Unprocessable Content' },
    });
    const other = await server.newUser();
    expect(isReplay(await create('shared', 'Shared', other.token))).toBe(false);
    expect(
      isReplay(
        await post(`/dashboards/${randomUUID()}`, 'shared', { name: 'Shared', widgets: [] }),
      ),
    ).toBe(false);
    expect(await countNamed('Shared')).toBe(3);
    expect(await countNamed('Changed')).toBe(0);
    expect((await create('shared', 'Shared')).text).toBe(first.text);
  });

  it('can be reused after a rejection', async () => {
    const widget = { moduleId: 'git', widgetId: 'unknown', x: 0, y: 0, w: 1, h: 1 };
    expect(await post('/dashboards', 'refused', { name: '' })).toMatchObject({ status: 400 });
    expect(
      await post('/dashboards', 'refused', { name: 'Refused', widgets: [widget] }),
    ).toMatchObject({ status: 400 });
    expect(await database.db.idempotencyKey.count({ where: { key: 'refused' } })).toBe(0);
    expect(await create('refused', 'Refused')).toMatchObject({ status: 201 });
  });

  it('expires after 24 hours, and the worker deletes it', async () => {
    await create('old', 'Old');
    await database.db
      .$executeRaw`UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'old'`;
    expect(isReplay(await create('old', 'Old'))).toBe(false);
    expect(await countNamed('Old')).toBe(2);
    await database.db
      .$executeRaw`UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'old'`;
    await database.db.$queryRaw`SELECT id::text FROM graphile_worker.add_job('purge')`;
    await until(
      async () => (await database.db.idempotencyKey.count({ where: { key: 'old' } })) === 0,
    );
  });

  it('must be 1 to 255 visible ASCII characters', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256), 'ü'])
      expect(await create(key, 'Bad'), key).toMatchObject({
        status: 400,
        body: { code: 'bad_request' },
      });
    expect(await create('!'.repeat(255), 'Long')).toMatchObject({ status: 201 });
  });

  it('is checked after authentication: without a valid token the response is 401', async () => {
    await create('mine', 'Mine');
    expect(await create('mine', 'Mine', 'not-a-token')).toMatchObject({ status: 401 });
    expect(
      await server.rest('POST', '/dashboards', {
        body: { name: 'Mine' },
        headers: { 'idempotency-key': 'mine' },
      }),
    ).toMatchObject({
      status: 401,
    });
  });

  it('is ignored for responses with secrets, for idempotent methods, and over RPC', async () => {
    const { email, password } = await server.newUser();
    const login = () =>
      server.rest('POST', '/auth/login', {
        body: { email, password },
        headers: { 'idempotency-key': 'login' },
      });
    const [one, two] = [await login(), await login()];
    expect(two.body.refreshToken).not.toBe(one.body.refreshToken);
    const { body: made } = await create('for-delete', 'Deleted');
    const headers = { 'idempotency-key': 'delete' };
    const remove = () => server.rest('DELETE', `/dashboards/${made.id}`, { token, headers });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    const call = () =>
      fetch(`${server.origin}/trpc/dashboards.create`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'rpc',
        },
        body: JSON.stringify({ json: { name: 'Over RPC' } }),
      });
    expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
    expect(await countNamed('Over RPC')).toBe(2);
    expect(
      await database.db.idempotencyKey.count({
        where: { key: { in: ['login', 'delete', 'rpc'] } },
      }),
    ).toBe(0);
  });

  it('does not change the response to a deeply nested body', async () => {
    const deep = (levels: number) =>
      `{"name":"Deep","ignored":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const without = await server.rest('POST', '/dashboards', { token, body: deep(40_000) });
    const withKey = await post('/dashboards', 'deep', deep(40_000));
    expect(withKey.status).toBe(without.status);
    expect(withKey.status).toBeLessThan(500);
  });
});
