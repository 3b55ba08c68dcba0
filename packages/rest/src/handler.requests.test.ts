import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { echoInput } from './testing/demo-router.js';
import { type DemoServer, type ServerKind, send, serveDemo } from './testing/serve.js';

const json = { 'content-type': 'application/json' };

describe.each<ServerKind>(['node:http', 'Express 5'])('a request, %s', (serverKind) => {
  let server: DemoServer;
  beforeAll(async () => {
    server = await serveDemo(serverKind);
  });
  afterAll(() => server.close());

  const get = (path: string, headers?: Record<string, string>) =>
    send(server.url, `/api/v1${path}`, { headers });
  const post = (path: string, body?: string | Uint8Array, headers: Record<string, string> = json) =>
    send(server.url, `/api/v1${path}`, { method: 'POST', headers, body });
  const echo = async (query: string) => JSON.parse((await get(`/echo?${query}`)).body);

  describe('path', () => {
    it('is percent-decoded once', async () => {
      const response = await get('/echo/path/a%20b%2Fc%2525/7');
      expect(JSON.parse(response.body)).toEqual({ text: 'a b/c%25', n: 7 });
    });

    it('that is badly encoded is 400', async () => {
      expect((await get('/echo/path/%E0%A4%A/7')).status).toBe(400);
      expect((await get('/users/%')).status).toBe(400);
    });

    it('prefers fixed text to a parameter that was registered first', async () => {
      const response = await get('/users/me', { authorization: 'Bearer ann' });
      expect(JSON.parse(response.body)).toEqual({ who: 'ann', isMe: true });
      expect(JSON.parse((await get('/users/you')).body)).toEqual({ who: 'you' });
    });

    it('that is unknown is 404 as a problem, before authentication', async () => {
      const response = await get('/nowhere', { authorization: 'Bearer bad' });
      expect(response.status).toBe(404);
      expect(response.headers['content-type']).toBe('application/problem+json');
    });

    it('outside the base path is passed to the next handler', async () => {
      expect((await send(server.url, '/elsewhere')).status).toBe(418);
      expect((await send(server.url, '/apix/v1/echo')).status).toBe(418);
    });

    it('takes a parameter with text around it', async () => {
      expect((await get('/themes/dark.css')).body).toBe('/* dark */');
    });

    it('parameter must match the schema', async () => {
      expect((await get('/echo/path/a/seven')).status).toBe(400);
    });
  });

  describe('query', () => {
    it('is converted to the types of the schema', async () => {
      const { types, input } = await echo(
        'text=5&flag=false&n=1.5e2&coerced=7&at=2026-01-31T12:00:00Z&big=12345678901234567890&tags=a&level=2&either=0',
      );
      expect(types).toEqual({
        text: 'string',
        flag: 'boolean',
        n: 'number',
        coerced: 'number',
        at: 'date',
        big: 'bigint',
        tags: 'array',
        level: 'number',
        either: 'number',
        size: 'number',
      });
      expect(input).toMatchObject({
        text: '5',
        flag: false,
        n: 150,
        big: '12345678901234567890',
        tags: ['a'],
        level: 2,
        either: 0,
      });
    });

    it.each([
      ['flag=true', { flag: true }],
      ['flag=1', { flag: true }],
      ['flag=0', { flag: false }],
      ['tags=a&tags=b', { tags: ['a', 'b'] }],
      ['tags[]=a', { tags: ['a'] }],
      ['numbers[1]=2&numbers[0]=1', { numbers: [1, 2] }],
      ['filter[status]=open&filter[min]=3', { filter: { status: 'open', min: 3 } }],
      ['filter%5Bstatus%5D=open', { filter: { status: 'open' } }],
      ['params[limit]=10&params[a][b]=c', { params: { limit: '10', a: { b: 'c' } } }],
      ['either=true', { either: true }],
      ['either=on', { either: 'on' }],
      ['level=max', { level: 'max' }],
      ['maybe=null', { maybe: null }],
      ['text=a+b%2Bc', { text: 'a b+c' }],
      ['text=', { text: '' }],
      ['upper=loud', { upper: 'LOUD' }],
      [
        'shape[kind]=square&shape[side]=2&shape[filled]=0',
        { shape: { kind: 'square', side: 2, filled: false } },
      ],
      ['size=3', { size: 3 }],
    ])('%s', async (query, expected) => {
      expect((await echo(query)).input).toEqual({ size: 20, ...expected });
    });

    it.each([
      'n=',
      'n=%20',
      'n=0x10',
      'n=Infinity',
      'n=abc',
      'coerced=',
      'coerced=abc',
      'flag=',
      'flag=yes',
      'flag=TRUE',
      'at=2026-01-31',
      'at=2026-02-30T00:00:00Z',
      'at=0',
      'big=1.5',
      'text=a&text=b',
      'filter[status]=a',
      'filter=x',
      'level=3',
      'size=0',
      'numbers=1&numbers=2&numbers=3&numbers=4',
      'text=%E0%A4%A',
      'shape[kind]=circle&shape[radius]=x',
      'shape[kind]=star',
    ])('%s is 400', async (query) => {
      expect((await get(`/echo?${query}`)).status).toBe(400);
    });

    it.each([
      'params[__proto__][polluted]',
      '__proto__',
      '__proto__[polluted]',
      'constructor',
      'toString',
    ])('with the name %s of prototypes is 400', async (name) => {
      expect((await get(`/echo?${name}=1`)).status).toBe(400);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    });

    const known = [...Object.keys(echoInput.shape)].sort().join(', ');
    it.each([
      [
        'GET',
        '/echo?unknown=1',
        '/unknown',
        `Unknown query parameter "unknown". Allowed here: ${known}.`,
      ],
      ['GET', '/echo?size=3&=1', '/', `Unknown query parameter "". Allowed here: ${known}.`],
      [
        'GET',
        '/echo?filter[stats]=open',
        '/filter/stats',
        'Unknown query parameter "stats". Allowed here: min, status.',
      ],
      ['GET', '/echo/path/a/1?n=2', '/n', 'Unknown query parameter "n". The path already sets it.'],
      [
        'GET',
        '/echo/path/a/1?x=2',
        '/x',
        'Unknown query parameter "x". No parameters are allowed here.',
      ],
      [
        'GET',
        '/answers/rich?cursor=a',
        '/cursor',
        'Unknown query parameter "cursor". No parameters are allowed here.',
      ],
      [
        'POST',
        '/echo?size=3',
        '/size',
        'Unknown query parameter "size". No parameters are allowed here.',
      ],
      [
        'POST',
        '/answers/nothing?size=3',
        '/size',
        'Unknown query parameter "size". No parameters are allowed here.',
      ],
    ])('%s %s is 400 and names what is known', async (method, path, pointer, message) => {
      const response = await send(server.url, `/api/v1${path}`, { method });
      expect(response.status).toBe(400);
      expect(JSON.parse(response.body)).toMatchObject({
        errors: [{ pointer, message, code: 'unrecognized_keys' }],
      });
    });

    it('that is unknown is rejected only after authentication', async () => {
      expect((await get('/users/me?x=1')).status).toBe(401);
      expect((await get('/users/me?x=1', { authorization: 'Bearer ann' })).status).toBe(400);
    });

    it('names no more than ten unknown keys', async () => {
      const { body } = await get(
        `/echo?${Array.from({ length: 50 }, (_, index) => `x${index}=1`).join('&')}`,
      );
      expect(JSON.parse(body).errors).toHaveLength(10);
    });

    it.each([
      ['limit=2&deep[a]=b', { limit: '2', deep: { a: 'b' } }],
      ['params[limit]=2', { limit: '2' }],
      ['freeParams[limit]=2&other=3', { limit: '2', other: '3' }],
      [
        'freeParams=%7B%22limit%22:2,%22tags%22:%5B%22a%22,%22b%22%5D%7D',
        { limit: '2', tags: ['a', 'b'] },
      ],
      ['params[id]=x&params[params]=y', { id: 'x', params: 'y' }],
      ['tag=a&tag=b', { tag: ['a', 'b'] }],
      ['', {}],
    ])('takes free parameters: %s', async (query, params) => {
      expect(JSON.parse((await get(`/free/a?${query}`)).body)).toEqual({ id: 'a', params });
    });

    it.each([
      ['limit=2&params[limit]=3', '/params/limit'],
      ['params=x', '/params'],
      ['freeParams=%5B1%5D', '/params'],
      ['freeParams=%7B', '/params'],
      ['id=x', '/id'],
    ])('refuses free parameters that are unclear: %s', async (query, pointer) => {
      const response = await get(`/free/a?${query}`);
      expect(response.status).toBe(400);
      expect(JSON.parse(response.body)).toMatchObject({ errors: [{ pointer }] });
    });

    it('can come as a body at an additional address, which is not deprecated and stores nothing', async () => {
      const response = await post('/free/a', '{"params":{"limit":2}}', {
        ...json,
        'idempotency-key': 'malformed, not read',
      });
      expect(JSON.parse(response.body)).toEqual({ id: 'a', params: { limit: 2 } });
      expect(response.headers).not.toHaveProperty('deprecation');
    });

    it('that is huge or deep is 400', async () => {
      expect((await get(`/echo?${'a&'.repeat(1001)}`)).status).toBe(400);
      expect((await get(`/echo?params${'[a]'.repeat(11)}=1`)).status).toBe(400);
    });
  });

  describe('JSON body', () => {
    it('is accepted exactly as sent', async () => {
      expect((await post('/echo', '{"flag":"false"}')).status).toBe(400);
      expect((await post('/echo', '{"n":null}')).status).toBe(400);
      expect((await post('/echo', '{"n":"1"}')).status).toBe(400);
      expect((await post('/echo', '{"tags":"a"}')).status).toBe(400);
    });

    it('carries dates and bigints as text', async () => {
      const { types } = JSON.parse(
        (await post('/echo', '{"at":"2026-01-31T12:00:00.000Z","big":"12"}')).body,
      );
      expect(types).toMatchObject({ at: 'date', big: 'bigint' });
      const tree = await post(
        '/echo/tree',
        '{"name":"a","children":[{"name":"b","at":"2026-01-31T12:00:00Z","children":[]}]}',
      );
      expect(JSON.parse(tree.body)).toEqual({ isDate: true });
    });

    it.each([
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
      'application/vnd.api+json',
      'APPLICATION/JSON',
    ])('may be %s', async (type) => {
      expect((await post('/echo', '{"text":"ä"}', { 'content-type': type })).body).toContain(
        '"text":"ä"',
      );
    });

    it.each(['{', 'nope', '{"a":1}x', '\ufeff\ufeff{}'])('%s is 400', async (body) => {
      const response = await post('/echo', body);
      expect(response.status).toBe(400);
      expect(JSON.parse(response.body).detail).toBe('The body is not valid JSON.');
    });

    it.each(['[]', '"x"', '1', 'null', 'true'])('%s instead of an object is 400', async (body) => {
      expect((await post('/echo', body)).status).toBe(400);
    });

    it('that is not UTF-8 is 400', async () => {
      expect(
        (await post('/echo', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).status,
      ).toBe(400);
    });

    it('over the limit is 413, announced or not', async () => {
      const body = JSON.stringify({ text: 'x'.repeat(110_000) });
      expect((await post('/echo', body)).status).toBe(413);
      const chunked = await send(server.url, '/api/v1/echo', {
        method: 'POST',
        headers: { ...json, 'transfer-encoding': 'chunked' },
        body,
      });
      expect(chunked.status).toBe(413);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
    ])('as %s is 415 and says what to send', async (type) => {
      const response = await post('/echo', '{}', { 'content-type': type });
      expect(response.status).toBe(415);
      expect(response.headers.accept).toBe('application/json');
    });

    it('without a content type is 415', async () => {
      expect((await post('/echo', '{"n":1}', {})).status).toBe(415);
    });

    it('in another charset or encoding is 415', async () => {
      expect(
        (await post('/echo', '{}', { 'content-type': 'application/json; charset=latin1' })).status,
      ).toBe(415);
      const zipped = await post('/echo', '{}', { ...json, 'content-encoding': 'gzip' });
      expect(zipped.status).toBe(415);
      expect(zipped.headers['accept-encoding']).toBe('identity');
    });

    it('may be absent if the input is empty or optional, with or without a content type', async () => {
      for (const headers of [json, {}, { 'content-type': 'text/plain' }]) {
        expect((await post('/answers/nothing', undefined, headers)).status).toBe(204);
        expect(JSON.parse((await post('/echo/optional', undefined, headers)).body)).toEqual({
          absent: true,
        });
        expect((await post('/echo', undefined, headers)).status).toBe(200);
      }
      expect((await post('/notes', undefined, { authorization: 'Bearer ann' })).status).toBe(400);
    });

    it('of a wrong type is rejected even if there is no input', async () => {
      expect(
        (
          await post('/answers/nothing', 'a=1', {
            'content-type': 'multipart/form-data; boundary=x',
          })
        ).status,
      ).toBe(415);
      expect((await post('/answers/nothing', '{}')).status).toBe(204);
    });

    it('may be a list if the input is one', async () => {
      expect((await post('/echo/list', '[1,2]')).body).toBe('[1,2]');
    });

    it('with prototype keys is 400 and names each path', async () => {
      const response = await post(
        '/echo',
        '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      );
      expect(response.status).toBe(400);
      const { errors } = JSON.parse(response.body);
      expect(errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        '/__proto__',
        '/constructor',
        '/constructor/prototype',
      ]);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    });

    it('may begin with a byte order mark', async () => {
      expect((await post('/echo', '\ufeff{"text":"ä"}')).body).toContain('"text":"ä"');
    });

    it('may repeat a path parameter, but not contradict it', async () => {
      const headers = { ...json, authorization: 'Bearer ann' };
      const put = (body: string) =>
        send(server.url, '/api/v1/notes/none', { method: 'PUT', headers, body });
      expect((await put('{"title":"x","version":1}')).status).toBe(404);
      expect((await put('{"id":"none","title":"x","version":1}')).status).toBe(404);
      expect((await put('{"id":"other","title":"x","version":1}')).status).toBe(400);
    });
  });

  it('with a form is read like a query', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(JSON.parse((await post('/answers/form', 'username=a+b&n=2', form)).body)).toEqual({
      username: 'a b',
      n: 2,
    });
    expect((await post('/answers/form', 'username=a&n=', form)).status).toBe(400);
    expect((await post('/answers/form', '{"username":"a"}')).status).toBe(200);
  });

  it.each(['__proto__', 'constructor', 'other[prototype]', 'username[__proto__][a]'])(
    'with a form with the name %s, which no schema accepts, is 400 and names the path',
    async (name) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const response = await post('/answers/form', `username=a&n=2&${name}=1`, form);
      expect(response.status).toBe(400);
      const pointer = `/${name.replaceAll(/[[\]]+/g, '/')}`.replace(/\/$/, '').replace(/\/a$/, '');
      expect(JSON.parse(response.body).errors).toMatchObject([{ pointer, code: 'invalid_key' }]);
    },
  );

  it('without credentials is 401 for any body', async () => {
    const response = await post('/notes', '{', { 'content-type': 'text/plain' });
    expect([response.status, response.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect((await post('/notes', '{}', { ...json, authorization: 'Bearer bad' })).status).toBe(401);
  });

  it('that the client aborts is not reported', async () => {
    const before = server.failures.length;
    const controller = new AbortController();
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode('{')),
    });
    const init = {
      method: 'POST',
      headers: json,
      body,
      duplex: 'half' as const,
      signal: controller.signal,
    };
    const pending = fetch(`${server.url}/api/v1/echo`, init);
    controller.abort();
    await expect(pending).rejects.toThrow();
    expect((await get('/users/you')).status).toBe(200);
    expect(server.failures.length).toBe(before);
  });
});
