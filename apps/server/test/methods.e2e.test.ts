import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const origin = 'https://app.example.com';
let server: ServerUnderTest;
beforeAll(async () => {
  const variables = { SYNAP_ROLE: 'server', CORS_ORIGINS: origin, METRICS_TOKEN: 'm'.repeat(32) };
  server = await startServerUnderTest({ variables });
});
afterAll(() => server.close());

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.origin}${path}`, { method, headers, redirect: 'manual' });

/** Read-only paths outside the contract. */
const readPaths = [
  '/',
  '/api/v1',
  '/api/v1/',
  '/api/v1/openapi.json',
  '/api/v1/openapi-3.0.json',
  '/docs',
  '/docs/start.js',
  '/docs/assets/swagger-ui.css',
  '/redoc',
  '/redoc/start.js',
  '/verify',
  '/reset',
  '/invite',
  '/assets/page.css',
  '/client.tgz',
  '/healthz',
  '/readyz',
  '/metrics',
];

describe.each(readPaths)('%s', (path) => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'rejects %s and names the allowed methods',
    async (method) => {
      const answer = await ask(method, path);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer.json()).toMatchObject({
        status: 405,
        code: 'method_not_supported',
        instance: path,
      });
    },
  );

  it('names its options', async () => {
    const answer = await ask('OPTIONS', path);
    expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      '',
    ]);
  });

  it('responds to HEAD as to GET, without a body', async () => {
    const [head, get] = await Promise.all([ask('HEAD', path), ask('GET', path)]);
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([
      get.status,
      get.headers.get('etag'),
      '',
    ]);
  });
});

it.each(['/healthz/', '/HEALTHZ'])('%s, which is no path of the probe, is 404', async (path) => {
  expect((await ask('GET', path)).status).toBe(404);
});

describe('OPTIONS names the methods of a path', () => {
  it.each([
    ['/api/v1/health', 'GET, HEAD, OPTIONS'],
    ['/api/v1/auth/login', 'POST, OPTIONS'],
    ['/api/dashboards', 'GET, POST, HEAD, OPTIONS'],
    ['/trpc/system.health', 'GET, HEAD, POST, OPTIONS'],
  ])('%s', async (path, allow) => {
    for (const answer of [await ask('OPTIONS', path), await ask('OPTIONS', path, { origin })]) {
      expect([answer.status, answer.headers.get('allow')]).toEqual([204, allow]);
    }
  });

  it.each(['/nowhere', '/api/v1/nowhere', '/api/nowhere'])(
    'and is 404 for an unknown path: %s',
    async (path) => {
      expect((await ask('OPTIONS', path)).status).toBe(404);
    },
  );
});

it.each(['/api/v1/dashboards', '/trpc/dashboards.create', '/docs', '/nowhere'])(
  'a preflight of %s names the allowed methods and headers',
  async (path) => {
    const answer = await ask('OPTIONS', path, { origin, 'access-control-request-method': 'PUT' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      204,
      origin,
    ]);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
  },
);
