import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    variables: { SYNAP_ROLE: 'server', METRICS_TOKEN: 'm'.repeat(32) },
  });
});
afterAll(() => server.close());

/** Responses that a shared cache must not store. */
const uncacheable: [status: number, method: string, path: string][] = [
  [200, 'GET', '/healthz'],
  [200, 'GET', '/readyz'],
  [401, 'GET', '/metrics'],
  [404, 'GET', '/no/such/path'],
  [404, 'GET', '/api/nowhere'],
  [404, 'GET', '/trpc'],
  [404, 'GET', '/trpc/no.such'],
  [405, 'POST', '/'],
  [405, 'DELETE', '/docs'],
  [204, 'OPTIONS', '/docs'],
  [401, 'GET', '/api/v1/dashboards'],
];
/** Responses that caches may store, with revalidation or for an hour. */
const cacheable: [policy: string, path: string][] = [
  ['no-cache', '/'],
  ['no-cache', '/api/v1'],
  ['no-cache', '/api/v1/openapi.json'],
  ['no-cache', '/docs'],
  ['no-cache', '/verify'],
  ['public, max-age=3600', '/assets/page.css'],
  ['public, max-age=3600', '/docs/assets/swagger-ui.css'],
  ['private, no-cache', '/api/v1/health'],
];

it.each(uncacheable)('no cache stores the %i of %s %s', async (status, method, path) => {
  const answer = await fetch(server.origin + path, { method });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
});

it.each(cacheable)('%s is the cache policy of %s and its 304', async (policy, path) => {
  const answer = await fetch(server.origin + path);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, policy]);
  const again = await fetch(server.origin + path, {
    headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
  });
  expect([again.status, again.headers.get('cache-control')]).toEqual([304, policy]);
});

it.each(['/', '/docs', '/verify', '/api/v1/health', '/trpc/system.health', '/no/such/path'])(
  'no page can frame %s, in browsers of any age',
  async (path) => {
    const { headers } = await fetch(server.origin + path);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  },
);
