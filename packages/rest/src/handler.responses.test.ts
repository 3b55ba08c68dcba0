import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canary, notes } from './testing/demo-router.js';
import { type DemoServer, type ServerKind, send, serveDemo } from './testing/serve.js';

const ann = { authorization: 'Bearer ann' };
const json = { 'content-type': 'application/json' };

describe.each<ServerKind>(['node:http', 'Express 5'])('a response, %s', (serverKind) => {
  let server: DemoServer;
  beforeAll(async () => {
    server = await serveDemo(serverKind);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    notes.clear();
    notes.set('n1', {
      id: 'n1',
      title: 'first',
      version: 3,
      createdAt: new Date('2026-01-31T12:00:00Z'),
    });
  });

  const call = (method: string, path: string, headers?: Record<string, string>, body?: string) =>
    send(server.url, path.startsWith('/api') ? path : `/api/v1${path}`, { method, headers, body });

  describe('of success', () => {
    it('has the status and the Location of the meta', async () => {
      const created = await call('POST', '/notes', { ...ann, ...json }, '{"title":"x"}');
      expect(created.status).toBe(201);
      expect(created.headers.location).toBe('/api/v1/notes/a%20b%2F1');
      expect((await call('GET', created.headers.location ?? '')).status).toBe(200);
      expect((await call('POST', '/answers/accepted')).status).toBe(202);
    });

    it('has no body and no content type without an output', async () => {
      const response = await call('POST', '/answers/nothing');
      expect([
        response.status,
        response.body,
        response.headers['content-type'],
        response.headers['content-length'],
      ]).toEqual([204, '', undefined, undefined]);
    });

    it('is JSON of a known length, with dates and bigints as text', async () => {
      const response = await call('GET', '/answers/rich');
      expect(response.headers['content-type']).toBe('application/json');
      expect(response.headers['content-length']).toBe(String(Buffer.byteLength(response.body)));
      expect(JSON.parse(response.body)).toEqual({
        at: '2026-01-31T12:00:00.000Z',
        big: '12345678901234567890',
        set: [1, 2],
        map: { a: 1 },
      });
    });

    it('can have another media type, or redirect', async () => {
      expect((await call('GET', '/themes/x.css')).headers['content-type']).toBe(
        'text/css; charset=utf-8',
      );
      const redirect = await call('GET', '/answers/download?redirect=1');
      expect([redirect.status, redirect.headers.location]).toEqual([
        302,
        'https://files.example.org/x',
      ]);
      expect((await call('GET', '/answers/download')).status).toBe(200);
    });

    it('has no-store if the meta says so', async () => {
      const response = await call('GET', '/users/me', ann);
      expect([response.headers['cache-control'], response.headers.etag]).toEqual([
        'no-store',
        undefined,
      ]);
      expect((await call('GET', '/users/me')).headers['cache-control']).toBe('no-store');
    });
  });

  describe('methods', () => {
    it('HEAD is GET without its body', async () => {
      const whole = await call('GET', '/notes/n1');
      const head = await call('HEAD', '/notes/n1');
      expect([head.status, head.body]).toEqual([200, '']);
      expect([head.headers.etag, head.headers['content-length']]).toEqual([
        whole.headers.etag,
        whole.headers['content-length'],
      ]);
      expect((await call('HEAD', '/notes/none')).status).toBe(404);
    });

    it('that a path does not support is 405 with Allow, before authentication', async () => {
      const response = await call('PATCH', '/users/x', { authorization: 'Bearer bad' });
      expect([response.status, response.headers.allow]).toEqual([
        405,
        'GET, DELETE, HEAD, OPTIONS',
      ]);
      expect((await call('DELETE', '/users/me')).status).toBe(405);
      expect((await call('POST', '/users/me')).status).toBe(405);
      expect((await call('HEAD', '/answers/nothing')).headers.allow).toBe('POST, OPTIONS');
    });

    it('OPTIONS lists the methods of a path', async () => {
      const response = await call('OPTIONS', '/notes');
      expect([response.status, response.headers.allow]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
    });
  });

  describe('entity tags', () => {
    it('are the version of a versioned resource', async () => {
      const response = await call('GET', '/notes/n1');
      expect(response.headers.etag).toBe('"3"');
      for (const tag of ['"3"', 'W/"3"', '"1", "3"', '*']) {
        const unchanged = await call('GET', '/notes/n1', { 'if-none-match': tag });
        expect([unchanged.status, unchanged.body, unchanged.headers.etag]).toEqual([
          304,
          '',
          '"3"',
        ]);
      }
      expect((await call('GET', '/notes/n1', { 'if-none-match': '"2"' })).status).toBe(200);
    });

    it('are accepted in If-Match, and sent for a created resource', async () => {
      expect((await call('GET', '/notes/n1', { 'if-match': '"3"' })).status).toBe(200);
      expect((await call('GET', '/notes/n1', { 'if-match': '"2"' })).status).toBe(412);
      const made = await call('POST', '/notes', { ...ann, ...json }, '{"title":"x"}');
      const read = await call('GET', made.headers.location ?? '');
      expect([made.status, made.headers.etag]).toEqual([201, read.headers.etag]);
    });

    it('are a hash of the body otherwise, and lists have none', async () => {
      const first = await call('GET', '/users/x');
      expect(first.headers.etag).toMatch(/^"[\w-]+"$/);
      expect(
        (await call('GET', '/users/x', { 'if-none-match': first.headers.etag ?? '' })).status,
      ).toBe(304);
      expect(
        (await call('GET', '/users/y', { 'if-none-match': first.headers.etag ?? '' })).status,
      ).toBe(200);
      expect((await call('GET', '/notes')).headers.etag).toBeUndefined();
    });
  });

  describe('a versioned write', () => {
    const put = (headers: Record<string, string>, body: object, path = '/notes/n1') =>
      call('PUT', path, { ...ann, ...json, ...headers }, JSON.stringify({ title: 'x', ...body }));

    it('takes If-Match or the version in the body', async () => {
      const saved = await put({ 'if-match': '"3"' }, {});
      expect([saved.status, saved.headers.etag]).toEqual([200, '"4"']);
      expect((await put({}, { version: 4 })).status).toBe(200);
      expect((await put({ 'if-match': '"5"' }, { version: 5 })).status).toBe(200);
    });

    it('rejects contradicting versions, an outdated one, and none', async () => {
      expect((await put({ 'if-match': '"3"' }, { version: 2 })).status).toBe(400);
      expect((await put({ 'if-match': '"2"' }, {})).status).toBe(412);
      expect((await put({ 'if-match': '"abc"' }, {})).status).toBe(412);
      expect((await put({ 'if-match': '"9999999999"' }, {})).status).toBe(412);
      expect((await put({ 'if-match': 'three' }, {})).status).toBe(400);
      expect((await put({}, { version: 2 })).status).toBe(409);
      expect((await put({}, {})).status).toBe(428);
      const stale = await put({ 'if-match': '"9999999999", "abc"' }, {});
      expect([stale.status, stale.body.includes('2147483647')]).toEqual([412, false]);
    });

    it('accepts a list of tags, any tag, and tags that a proxy made weak', async () => {
      expect((await put({ 'if-match': '"1", W/"3"' }, {})).headers.etag).toBe('"4"');
      expect((await put({ 'if-match': 'W/"4"' }, {})).headers.etag).toBe('"5"');
      expect((await put({ 'if-match': '*' }, {})).headers.etag).toBe('"6"');
      expect((await put({ 'if-match': '"1", "2"' }, {})).status).toBe(412);
      expect((await put({ 'if-match': '*' }, {}, '/notes/none')).status).toBe(404);
    });

    it('accepts If-None-Match, and validates the body before any condition', async () => {
      expect((await put({ 'if-none-match': '"3"', 'if-match': '"3"' }, {})).status).toBe(412);
      expect((await put({ 'if-none-match': '*' }, { version: 3 })).status).toBe(412);
      expect((await put({ 'if-none-match': '"2"' }, {})).headers.etag).toBe('"4"');
      expect(
        (await call('PUT', '/notes/n1', { ...ann, ...json, 'if-none-match': '*' }, '{"title":""}'))
          .status,
      ).toBe(400);
    });

    it('checks in the order 401, 400, 404, 428', async () => {
      expect((await call('PUT', '/notes/none', json, '{}')).status).toBe(401);
      expect((await call('PUT', '/notes/none', { ...json, ...ann }, '{}')).status).toBe(400);
      expect((await put({}, {}, '/notes/none')).status).toBe(404);
    });

    it('is 428 also if the schema requires the version', async () => {
      const patch = (body: string) => call('PATCH', '/notes/n1', { ...ann, ...json }, body);
      expect((await patch('{"title":"x"}')).status).toBe(428);
      expect((await patch('{}')).status).toBe(400);
      expect((await patch('{"title":"x","version":"3"}')).status).toBe(400);
      expect((await patch('{"title":"x","version":3}')).status).toBe(200);
    });
  });

  describe('pages', () => {
    it('link to the next page by cursor, with the same query', async () => {
      const first = await call('GET', '/notes?size=5&q=a%20b');
      expect(first.headers.link).toBe('</api/v1/notes?size=5&q=a+b&cursor=last>; rel="next"');
      const last = await call('GET', '/notes?size=5&cursor=last');
      expect(last.headers.link).toBe('</api/v1/notes?size=5>; rel="first"');
    });

    it('link by number if the output has page numbers', async () => {
      const { link } = (await call('GET', '/note-pages?page=2')).headers;
      expect(link).toBe(
        [
          '</api/v1/note-pages?page=1>; rel="first"',
          '</api/v1/note-pages?page=4>; rel="last"',
          '</api/v1/note-pages?page=1>; rel="prev"',
          '</api/v1/note-pages?page=3>; rel="next"',
        ].join(', '),
      );
    });
  });

  describe('at an older address', () => {
    it('names the deprecation date and the successor', async () => {
      const response = await call(
        'POST',
        '/note/n1/save',
        { ...ann, ...json },
        '{"title":"x","version":3,"loud":false}',
      );
      expect(response.headers.deprecation).toBe('@1767225600');
      expect(response.headers.link).toBe('</api/v1/notes/n1>; rel="successor-version"');
      expect(JSON.parse(response.body).title).toBe('X');
      const failed = await call(
        'POST',
        '/note/none/save',
        { ...ann, ...json },
        '{"title":"x","version":3}',
      );
      expect([failed.status, failed.headers.deprecation]).toEqual([404, '@1767225600']);
    });

    it('of a replaced operation names both too', async () => {
      const response = await call('POST', '/labels/n1', { ...ann, ...json }, '{}');
      expect([response.status, response.headers.deprecation]).toEqual([204, '@1767225600']);
      expect(response.headers.link).toBe('</api/v1/notes/n1>; rel="successor-version"');
    });

    it('has no successor link if a parameter is missing', async () => {
      const response = await call(
        'POST',
        '/save-note',
        { ...ann, ...json },
        '{"id":"n1","title":"x","version":3}',
      );
      expect([response.status, response.headers.deprecation, response.headers.link]).toEqual([
        200,
        '@0',
        undefined,
      ]);
    });

    it('without a version in the path responds like the newest', async () => {
      const response = await call('GET', '/api/notes?size=5');
      expect(response.headers.deprecation).toBe('@1769904000');
      expect(response.headers.link).toContain('</api/v1/notes>; rel="successor-version"');
      expect(response.headers.link).toContain('rel="next"');
    });
  });

  it('has the prefix that a proxy removes in every link', async () => {
    const below = await serveDemo(serverKind, { publicPrefix: '/app/' });
    try {
      const created = await send(below.url, '/api/v1/notes', {
        method: 'POST',
        headers: { ...ann, ...json },
        body: '{"title":"x"}',
      });
      expect(created.headers.location).toBe('/app/api/v1/notes/a%20b%2F1');
      const list = await send(below.url, '/api/notes?size=1', { method: 'GET' });
      expect(list.headers.link).toContain('</app/api/v1/notes>; rel="successor-version"');
      expect(list.headers.link).toMatch(/<\/app\/api\/notes\?[^>]*>; rel="next"/);
      const problem = await send(below.url, '/api/v1/nothing', { method: 'GET' });
      expect(JSON.parse(problem.body).instance).toBe('/app/api/v1/nothing');
    } finally {
      await below.close();
    }
  });

  describe('of failure', () => {
    it('is a problem with pointers into the input', async () => {
      const response = await call(
        'POST',
        '/echo',
        json,
        '{"tags":["a",1],"shape":{"kind":"circle"}}',
      );
      expect(response.headers['content-type']).toBe('application/problem+json');
      const problem = JSON.parse(response.body);
      expect(problem).toMatchObject({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'The input is not valid.',
        instance: '/api/v1/echo',
        code: 'bad_request',
        requestId: response.headers['x-request-id'],
      });
      expect(
        problem.errors.map(({ pointer, code }: { pointer: string; code: string }) => [
          pointer,
          code,
        ]),
      ).toEqual([
        ['/tags/1', 'invalid_type'],
        ['/shape/radius', 'invalid_type'],
      ]);
    });

    it('does not expose an unexpected error', async () => {
      for (const path of ['unexpected', 'borrowed', 'output']) {
        const response = await call('GET', `/failures/${path}`);
        expect(response.status).toBe(path === 'borrowed' ? 409 : 500);
        expect(response.body).not.toContain(canary);
      }
      expect(
        server.failures.some(
          ({ error }) => error.message === canary || error.cause?.message === canary,
        ),
      ).toBe(true);
    });

    it('has the code, detail and headers of an application error', async () => {
      const response = await call('GET', '/failures/unavailable');
      expect([response.status, response.headers['retry-after']]).toEqual([503, '7']);
      expect(JSON.parse(response.body)).toMatchObject({
        code: 'unavailable',
        detail: 'Database is not migrated: run "npx prisma migrate deploy"',
      });
    });

    it('never contains the query', async () => {
      expect((await call('GET', `/echo?n=${canary}`)).body).not.toContain(canary);
    });

    it('is reported with its procedure, status and request id', async () => {
      const response = await call('GET', '/notes/none', { 'x-request-id': 'r-1' });
      expect(response.status).toBe(404);
      expect(server.failures.at(-1)).toMatchObject({
        path: 'notes.get',
        type: 'query',
        status: 404,
        requestId: 'r-1',
      });
    });
  });

  it('carries the request id of the request if it is valid, else a new one', async () => {
    expect(
      (await call('GET', '/users/x', { 'x-request-id': 'abc.D_1-2' })).headers['x-request-id'],
    ).toBe('abc.D_1-2');
    for (const id of ['a b', 'x'.repeat(129), '<script>', '']) {
      expect(
        (await call('GET', '/users/x', { 'x-request-id': id })).headers['x-request-id'],
      ).toMatch(/^[\da-f-]{36}$/);
    }
  });
});
