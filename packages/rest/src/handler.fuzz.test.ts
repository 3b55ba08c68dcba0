import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoServer, send, serveDemo } from './testing/serve.js';

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo('node:http');
});
afterAll(() => server.close());

const names = fc.constantFrom(
  'text',
  'flag',
  'n',
  'coerced',
  'at',
  'big',
  'tags',
  'numbers',
  'filter',
  'params',
  'shape',
  'either',
  'version',
);
const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', '1', 'null', 'true', '%', '[', '2026-01-31T12:00:00Z', '__proto__'),
);
const brackets = fc.constantFrom(
  '',
  '[]',
  '[0]',
  '[a]',
  '[kind]',
  '[status]',
  '[__proto__]',
  '[a][b]',
  '[',
  ']',
);
const query = fc
  .array(fc.tuple(names, brackets, text, fc.boolean()), { maxLength: 5 })
  .map((pairs) =>
    pairs
      .map(
        ([name, suffix, value, raw]) =>
          `${name}${suffix}=${raw ? value.replaceAll(/[^\x21-\x7e]|#/g, '') : encodeURIComponent(value)}`,
      )
      .join('&'),
  );
const path = fc.constantFrom(
  '/echo',
  '/echo/tree',
  '/echo/list',
  '/echo/optional',
  '/echo/path/a/1',
  '/users/me',
  '/users/%zz',
  '/notes',
  '/notes/n1',
  '/note/n1/save',
  '/answers/form',
  '/answers/nothing',
  '/themes/a.css',
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.json(),
  fc.dictionary(names, fc.jsonValue()).map((value) => JSON.stringify(value)),
  query,
);
const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  'a/b;charset=',
  'multipart/form-data',
  '',
];
const headers = fc.record(
  {
    'content-type': fc.constantFrom(...types),
    authorization: fc.constantFrom('Bearer ann', 'Bearer bad', ''),
    'if-match': fc.constantFrom('"1"', '*', 'W/"1"', '"', '"1","2"', '"99999999999999999"'),
    'if-none-match': fc.constantFrom('*', '"1"', ','),
    'idempotency-key': fc.constantFrom('k', '', '"'),
  },
  { requiredKeys: [] },
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

it('no request crashes the handler, and every rejection is a problem', async () => {
  await fc.assert(
    fc.asyncProperty(
      method,
      path,
      query,
      headers,
      body,
      async (verb, address, search, sent, content) => {
        const url = `/api/v1${address}?${search}`;
        const response = await send(server.url, url, {
          method: verb,
          headers: JSON.parse(JSON.stringify(sent)),
          body: content,
        });
        expect(response.status).toBeLessThan(500);
        expect(response.headers['x-request-id']).toBeDefined();
        if (response.status >= 400)
          expect(response.headers['content-type']).toBe('application/problem+json');
      },
    ),
    { numRuns: 500 },
  );
});
