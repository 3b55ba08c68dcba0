import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
let token: string;

beforeAll(async () => {
  server = await startServerUnderTest();
  token = await server.signIn();
});
afterAll(() => server.close());

const make = (name = 'Work') => server.rest('POST', '/dashboards', { token, body: { name } });

describe('REST', () => {
  it('creates with 201 and Location, reads with an ETag and 304, deletes with 204', async () => {
    const made = await make();
    expect(made).toMatchObject({ status: 201, body: { name: 'Work', version: 1, widgets: [] } });
    const at = `/dashboards/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1${at}`);
    expect(made.body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const read = await server.rest('GET', at, { token });
    expect(read).toMatchObject({ status: 200, body: made.body });
    expect(read.headers.get('etag')).toBe('"1"');
    expect(
      await server.rest('GET', at, { token, headers: { 'if-none-match': '"1"' } }),
    ).toMatchObject({ status: 304, text: '' });
    expect(await server.rest('HEAD', at, { token })).toMatchObject({ status: 200, text: '' });
    expect(await server.rest('DELETE', at, { token })).toMatchObject({ status: 204, text: '' });
    expect(await server.rest('GET', at, { token })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('forbids caching of responses, except single objects with revalidation', async () => {
    const { id } = (await make()).body;
    const policyOf = async (target: string) =>
      (await server.rest('GET', target, { token })).headers.get('cache-control');
    for (const target of [
      '/dashboards',
      '/widgets',
      '/events',
      '/auth/me',
      `/dashboards/${randomUUID()}`,
    ])
      expect(await policyOf(target), target).toBe('no-store');
    for (const target of [`/dashboards/${id}`, '/users/me'])
      expect(await policyOf(target)).toBe('private, no-cache');
    for (const call of [
      'dashboards.list',
      'users.me.get',
      'system.health',
      'unknown',
      'dashboards.list,users.me.get?batch=1',
    ]) {
      const answer = await fetch(`${server.origin}/trpc/${call}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.headers.get('cache-control'), call).toBe('no-store');
    }
  });

  it('saves a version by If-Match or body, with 412, 409, 428 or 400 for conflicts', async () => {
    const at = `/dashboards/${(await make()).body.id}`;
    const save = (body: object, headers = {}) =>
      server.rest('PUT', at, { token, body: { name: 'Home', widgets: [], ...body }, headers });
    expect((await save({}, { 'if-match': '"1"' })).body).toMatchObject({
      name: 'Home',
      version: 2,
    });
    expect(await save({}, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await save({ version: 1 })).toMatchObject({
      status: 409,
      body: { code: 'stale_version' },
    });
    expect(await save({})).toMatchObject({ status: 428, body: { code: 'version_required' } });
    expect(await save({ version: 1 }, { 'if-match': '"2"' })).toMatchObject({ status: 400 });
    expect(await save({ version: 2 })).toMatchObject({ status: 200, body: { version: 3 } });
  });

  it('upserts by POST and treats a foreign id like an unknown one', async () => {
    const id = randomUUID();
    const body = { name: 'Mine', widgets: [] };
    expect(await server.rest('POST', `/dashboards/${id}`, { token, body })).toMatchObject({
      status: 200,
      body: { id, version: 1 },
    });
    expect(await server.rest('POST', `/dashboards/${id}`, { token, body })).toMatchObject({
      status: 200,
      body: { version: 2 },
    });
    const other = await server.newUser();
    for (const [method, sent] of [
      ['GET', undefined],
      ['PUT', { ...body, version: 2 }],
      ['POST', body],
      ['DELETE', undefined],
    ] as const) {
      const answer = await server.rest(method, `/dashboards/${id}`, {
        token: other.token,
        body: sent,
      });
      expect(answer, method).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it('returns problem details with pointers for invalid input', async () => {
    const { status, headers, body } = await server.rest('POST', '/dashboards', {
      token,
      body: { name: '', widgets: [{ moduleId: 'Git' }] },
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      title: 'Bad Request',
      status: 400,
      code: 'bad_request',
      instance: '/api/v1/dashboards',
      requestId: headers.get('x-request-id'),
    });
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual(
      expect.arrayContaining(['/name', '/widgets/0/moduleId', '/widgets/0/widgetId']),
    );
  });

  it('distinguishes unknown routes, methods and content types', async () => {
    const wrongMethod = await server.rest('DELETE', '/health');
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toContain('GET');
    expect(await server.rest('GET', '/nowhere')).toMatchObject({ status: 404 });
    expect(await server.rest('GET', '/dashboards/%zz', { token })).toMatchObject({ status: 400 });
    expect(await server.rest('GET', '/dashboards/not-a-uuid', { token })).toMatchObject({
      status: 400,
    });
    expect(
      await server.rest('POST', '/dashboards', { token, body: '{"name":', headers: {} }),
    ).toMatchObject({ status: 400 });
    expect(
      await server.rest('POST', '/dashboards', {
        token,
        body: 'name=x',
        headers: { 'content-type': 'text/plain' },
      }),
    ).toMatchObject({ status: 415 });
    expect(
      await server.rest('POST', '/dashboards', { token, body: { name: 'x'.repeat(200_000) } }),
    ).toMatchObject({
      status: 413,
    });
    expect(await server.rest('GET', '/dashboards?size=0', { token })).toMatchObject({
      status: 400,
    });
    expect(await server.rest('GET', '/dashboards?size=', { token })).toMatchObject({ status: 400 });
  });

  it('lists page by page with Link', async () => {
    const { token: fresh } = await server.newUser();
    for (const name of ['a', 'b', 'c'])
      await server.rest('POST', '/dashboards', { token: fresh, body: { name } });
    const first = await server.rest('GET', '/dashboards?size=2', { token: fresh });
    expect(first.body.items.map((item: { name: string }) => item.name)).toEqual(['c', 'b']);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await server.rest('GET', next.replace('/api/v1', ''), { token: fresh });
    expect(second.body).toMatchObject({ items: [{ name: 'a' }], nextCursor: null });
  });

  it('accepts a valid X-Request-Id and replaces any other', async () => {
    const sane = await server.rest('GET', '/health', {
      headers: { 'x-request-id': 'trace-1.2_3' },
    });
    expect(sane.headers.get('x-request-id')).toBe('trace-1.2_3');
    const mad = await server.rest('GET', '/health', { headers: { 'x-request-id': 'a b' } });
    expect(mad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('does not change rejections of RPC', async () => {
    await server.rest('GET', '/dashboards?size=5', { token });
    const call = (input: object) =>
      fetch(
        `${server.origin}/trpc/dashboards.list?input=${encodeURIComponent(JSON.stringify({ json: input }))}`,
        {
          headers: { authorization: `Bearer ${token}` },
        },
      );
    expect((await call({ size: 5 })).status).toBe(200);
    expect((await call({ size: '5' })).status).toBe(400);
    expect((await call({ size: null })).status).toBe(400);
  });

  it('serves /api without a version as deprecated', async () => {
    const answer = await fetch(`${server.origin}/api/health`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('deprecation')).toMatch(/^@\d+$/);
    expect(answer.headers.get('link')).toContain('</api/v1/health>; rel="successor-version"');
  });

  it('serves its document and pages without other hosts', async () => {
    const { body } = await server.rest('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/health', '/dashboards/{id}', '/widget-data/{moduleId}/{widgetId}']),
    );
    for (const page of ['/docs', '/redoc']) {
      const answer = await fetch(`${server.origin}${page}`);
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
      const html = await answer.text();
      expect(html).not.toMatch(/https?:\/\//);
      for (const [, source] of html.matchAll(/(?:src|href)="([^"]+)"/g))
        expect((await fetch(`${server.origin}${source}`)).status, source).toBe(200);
    }
  });
});
