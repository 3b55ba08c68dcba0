import { once } from 'node:events';
import { connect } from 'node:net';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listening, send, serveWithRpcHandler } from './testing/servers.js';

const json = { 'content-type': 'application/json' };
let contexts = 0;
let server: Listening;

beforeAll(async () => {
  server = await serveWithRpcHandler({
    transformer: superjson,
    deadlineMs: 1000,
    createContext: ({ req, res, signal }) => {
      contexts += 1;
      return { req, res, signal };
    },
  });
});
afterAll(() => server.close());

describe('batches', () => {
  test('one of 15,000 calls is rejected before its context is created', async () => {
    const before = contexts;
    expect((await send(server, { path: `${','.repeat(15_000)}?batch=1` })).status).toBe(400);
    expect(contexts).toBe(before);
  });

  test('the maximum number of calls share one context', async () => {
    const before = contexts;
    expect((await send(server, { path: 'ping,ping,ping?batch=1' })).status).toBe(200);
    expect(contexts).toBe(before + 1);
  });

  test('a streamed batch is counted too', async () => {
    const headers = { 'trpc-accept': 'application/jsonl' };
    expect((await send(server, { path: 'ping,ping,ping,ping?batch=1', headers })).status).toBe(400);
  });
});

describe('bodies', () => {
  const body = (length: number) => JSON.stringify({ json: { text: 'x'.repeat(length) } });
  const post = (path: string, text: string, headers: Record<string, string> = {}) =>
    send(server, { method: 'POST', path, headers: { ...json, ...headers }, body: text });

  test('a procedure can have its own limit', async () => {
    expect((await post('large', body(800))).status).toBe(200);
    expect((await post('large', body(1200))).status).toBe(413);
  });

  test('the limit is inclusive, and counts bytes', async () => {
    const frame = JSON.stringify({ json: { id: 1, text: 'üü' } }).length + 2;
    const sized = (bytes: number) =>
      JSON.stringify({ json: { id: 1, text: `üü${'x'.repeat(bytes - frame)}` } });
    expect([sized(200).length, Buffer.byteLength(sized(200))]).toEqual([198, 200]);
    const framings: Record<string, string>[] = [{}, { 'transfer-encoding': 'chunked' }];
    for (const headers of framings) {
      expect((await post('add', sized(200), headers)).status).toBe(200);
      expect((await post('add', sized(201), headers)).status).toBe(413);
    }
  });

  test('a batch has the smallest limit among its procedures', async () => {
    const both = JSON.stringify({ 0: { json: { text: 'x'.repeat(300) } }, 1: { json: { id: 1 } } });
    expect((await post('large,large?batch=1', both)).status).toBe(207);
    expect((await post('large,add?batch=1', both)).status).toBe(413);
  });

  test('an announced length over the limit is rejected even if no input is read', async () => {
    expect((await post('touch', body(300))).status).toBe(413);
  });

  test('a body that is rejected by its length is not awaited', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /trpc/add HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
    );
    const [response] = await once(socket, 'data');
    expect(String(response)).toMatch(/^HTTP\/1.1 413 /);
    await once(socket, 'close');
  });

  test('a chunked body is cut off at the limit, and its connection ends', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /trpc/add HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`;
    socket.write(chunk);
    const [response] = await once(socket, 'data');
    expect(String(response)).toMatch(/^HTTP\/1.1 413 /);
    await once(socket, 'close');
  });

  test('a streamed batch has the same limit', async () => {
    const sent = JSON.stringify({ 0: { json: { id: 1, text: 'x'.repeat(300) } } });
    const response = await post('add?batch=1', sent, { 'trpc-accept': 'application/jsonl' });
    expect(response.body).toContain('PAYLOAD_TOO_LARGE');
  });
});

describe('content types', () => {
  const rejectedTypes = [
    undefined,
    'text/plain',
    'text/plain; charset=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    'application/octet-stream',
    'application/json-patch+json',
    'text/json',
    'application/jsonl',
  ];
  const acceptedTypes = [
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON ;charset=utf-8',
    'application/json; charset="UTF-8"',
    'application/json;Charset=Utf-8',
    'application/json; charset=us-ascii',
  ];
  const otherCodings: Record<string, string>[] = [
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json; charset="ISO-8859-1"' },
    { 'content-type': 'application/json; version=1; charset=latin1' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  ];

  test.each(otherCodings)('JSON is rejected as %o', async (headers) => {
    const before = contexts;
    for (const path of ['add', 'add,add?batch=1'])
      expect(
        (await send(server, { method: 'POST', path, headers, body: '{"json":{"id":1}}' })).status,
      ).toBe(415);
    expect(contexts).toBe(before);
  });

  test('a mutation whose body is not UTF-8 is rejected, not altered', async () => {
    const body = Buffer.from('{"json":{"id":1,"text":"\xff\xe2\x82"}}', 'latin1');
    const response = await send(server, { method: 'POST', path: 'add', headers: json, body });
    expect([response.status, response.body]).toEqual([
      400,
      expect.stringContaining('not valid UTF-8'),
    ]);
  });

  test('a byte order mark before the input is ignored, in a body and in a query', async () => {
    const text = '\ufeff{"json":{"id":1}}';
    const responses = [
      await send(server, { method: 'POST', path: 'add', headers: json, body: text }),
      await send(server, { path: `note?input=${encodeURIComponent(text)}` }),
    ];
    expect(responses.map(({ status, body }) => [status, JSON.parse(body)])).toEqual(
      responses.map(() => [200, { result: { data: { json: { id: 1 } } } }]),
    );
  });

  test.each(['__proto__', 'constructor', '\\u0070rototype'])(
    'a batch with the key %s is rejected',
    async (key) => {
      const body = `{"0":{"json":{"id":1}},"${key}":{}}`;
      expect(
        (await send(server, { method: 'POST', path: 'add?batch=1', headers: json, body })).status,
      ).toBe(400);
    },
  );

  test.each(rejectedTypes)('a mutation as %s is rejected for every procedure', async (type) => {
    const before = contexts;
    for (const path of ['touch', 'add', 'touch,touch?batch=1', 'no.such']) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      for (const body of [undefined, '{"json":{"id":1}}']) {
        expect(
          (await send(server, { method: 'POST', path, headers, ...(body && { body }) })).status,
        ).toBe(415);
      }
    }
    expect(contexts).toBe(before);
  });

  test.each(acceptedTypes)('a mutation as %s is served', async (type) => {
    expect(
      (await send(server, { method: 'POST', path: 'touch', headers: { 'content-type': type } }))
        .status,
    ).toBe(200);
  });

  test('a method cannot be overridden', async () => {
    const headers = { ...json, 'x-http-method-override': 'POST' };
    expect((await send(server, { path: 'touch', headers })).status).toBe(405);
    expect(
      (await send(server, { method: 'POST', path: 'ping?_method=GET', headers: json })).status,
    ).toBe(405);
  });

  test('a form is accepted only if the procedure declares it', async () => {
    const post = (path: string) => {
      const body = new FormData();
      body.set('name', 'ada');
      return fetch(`${server.url}/${path}`, { method: 'POST', body });
    };
    const served = await post('form');
    expect([served.status, await served.json()]).toEqual([
      200,
      { result: { data: { json: 'ada' } } },
    ]);
    for (const path of ['bytes', 'touch', 'ping', 'form?batch=1']) {
      expect((await post(path)).status).toBe(path.startsWith('form') ? 200 : 415);
    }
  });

  test('bytes are accepted if the procedure declares them, up to its limit', async () => {
    const post = (path: string, length: number) =>
      fetch(`${server.url}/${path}`, {
        method: 'POST',
        body: new Uint8Array(length),
        headers: { 'content-type': 'application/octet-stream' },
      });
    expect((await post('bytes', 150)).status).toBe(200);
    expect((await post('bytes', 250)).status).toBe(413);
    expect((await post('form', 10)).status).toBe(415);
  });
});
