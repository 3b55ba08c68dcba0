import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@synap/client';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Nginx, startNginx, testsNginx } from './nginx.js';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const publicOrigin = 'https://host.example.org';
const publicUrl = `${publicOrigin}/synap`;

/** Both proxy configurations. The second one also forwards paths that only look similar. */
const variants = {
  'removes the path': (port: number) =>
    `location /synap/ { proxy_pass http://127.0.0.1:${port}/; }`,
  'keeps the path': (port: number) => `location / { proxy_pass http://127.0.0.1:${port}; }`,
};

describe.skipIf(!testsNginx).each(Object.entries(variants))(
  'below a path, behind nginx that %s',
  (variant, locationOf) => {
    const keeps = variant === 'keeps the path';
    let server: ServerUnderTest;
    let nginx: Nginx;
    beforeAll(async () => {
      const variables = {
        PUBLIC_URL: `${publicUrl}/`,
        VERIFY_EMAIL: 'required',
        PASSWORD_GRANT: 'on',
      };
      server = await startServerUnderTest({ variables });
      nginx = await startNginx(locationOf(server.running.port ?? 0));
    }, 60_000);
    afterAll(async () => {
      await nginx?.stop();
      await server?.close();
    });

    /** Requests a public path through the proxy. */
    const get = (target: string, init: RequestInit = {}) =>
      fetch(`${nginx.origin}${target}`, { redirect: 'manual', ...init });
    const post = (target: string, body: unknown, headers: Record<string, string> = {}) =>
      get(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const getJson = async (target: string, init?: RequestInit) =>
      JSON.parse(await (await get(target, init)).text());
    const bearer = async () => ({ authorization: `Bearer ${await server.signIn()}` });

    it.each(['openapi.json', 'openapi-3.0.json'])('%s names addresses that work', async (name) => {
      const document = await getJson(`/synap/api/v1/${name}`);
      expect(document.servers).toEqual([{ url: '/synap/api/v1' }]);
      expect((await get(`${document.servers[0].url}/health`)).status).toBe(200);
      const { tokenUrl } = document.components.securitySchemes.passwordAuth.flows.password;
      const form = new URLSearchParams({ username: admin.email, password: admin.password });
      expect((await get(tokenUrl, { method: 'POST', body: form })).status).toBe(200);
      expect(document.components.headers.Location.example).toMatch(/^\/synap\/api\/v1\//);
    });

    it.each(['', 'docs', 'docs/', 'redoc', 'verify', 'reset', 'invite'])(
      'all that the page /%s names is there',
      async (name) => {
        const page = await get(`/synap/${name}`, { headers: { accept: 'text/html' } });
        expect(page.status).toBe(200);
        const targets = [...(await page.text()).matchAll(/(?:src|href|action)="([^"]+)"/g)].map(
          ([, target = '']) => target,
        );
        expect(targets.length).toBeGreaterThan(1);
        for (const target of targets) {
          const { origin, pathname } = new URL(target, `${publicUrl}/${name}`);
          expect(`${origin}${pathname}`).toMatch(new RegExp(`^${publicUrl}/`));
          const answer = await get(pathname);
          const isForm = name !== '' && pathname.includes('/api/v1/');
          // The client package exists only in a built server.
          if (!pathname.endsWith('/client.tgz'))
            expect(answer.status, pathname).toBe(isForm ? 405 : 200);
          const [, document] =
            /url: "([^"]+)"|Redoc\.init\("[^"]+"/.exec(await answer.text()) ?? [];
          if (name === 'docs' && pathname.endsWith('start.js'))
            expect(document).toBe('/synap/api/v1/openapi.json');
        }
      },
    );

    it('Location and Link headers contain public URLs', async () => {
      const headers = await bearer();
      const made = await post('/synap/api/v1/dashboards', { name: 'One' }, headers);
      expect(made.status).toBe(201);
      const location = made.headers.get('location') ?? '';
      expect(location).toMatch(/^\/synap\/api\/v1\/dashboards\//);
      expect(await getJson(location, { headers })).toMatchObject({ name: 'One' });

      await post('/synap/api/v1/dashboards', { name: 'Two' }, headers);
      const list = await get('/synap/api/v1/dashboards?size=1', { headers });
      const [, next = ''] = /<([^>]+)>; rel="next"/.exec(list.headers.get('link') ?? '') ?? [];
      expect(next).toMatch(/^\/synap\/api\/v1\/dashboards\?/);
      const second = await get(next, { headers });
      expect(JSON.parse(await second.text()).items).toHaveLength(1);
      expect(second.headers.get('link')).toMatch(/^<\/synap\/api\/v1\//);

      const old = await get('/synap/api/health');
      expect(old.headers.get('deprecation')).toMatch(/^@/);
      const [, successor = ''] =
        /<([^>]+)>; rel="successor-version"/.exec(old.headers.get('link') ?? '') ?? [];
      expect((await get(successor)).status).toBe(200);
    });

    it('problems and descriptions of the service name public paths', async () => {
      for (const target of ['/synap/nothing', '/synap/api/v1/nothing?a=b']) {
        const answer = await get(target);
        expect(answer.status).toBe(404);
        expect(await answer.json()).toMatchObject({ instance: target.replace('?a=b', '') });
      }
      expect(await getJson('/synap/api/v1/meta')).toMatchObject({ docs: '/synap/docs' });
      const { items } = await getJson('/synap/api/v1/debug/routes?size=100', {
        headers: await bearer(),
      });
      for (const { path } of items) expect(path).toMatch(/^\/synap\/api\/v1\//);
    });

    it('the JSON overviews contain working URLs', async () => {
      const overview = await getJson('/synap/api/v1');
      expect(await getJson('/synap/')).toEqual(overview);
      for (const target of Object.values<string>(overview.links))
        expect(target).toMatch(/^\/synap\//);
      for (const name of ['rest', 'docs', 'redoc', 'openapi', 'openapi30', 'health'])
        expect((await get(overview.links[name])).status, name).toBe(200);
    });

    it('the URL without a trailing slash redirects, and the start page stays below the path', async () => {
      const start = await get('/synap');
      expect([200, 301, 302]).toContain(start.status);
      const location = start.headers.get('location');
      if (location !== null) expect(new URL(location, publicUrl).pathname).toMatch(/^\/synap\//);
      const page = await get('/synap/', { redirect: 'follow' });
      expect([page.status, new URL(page.url).pathname]).toEqual([
        200,
        expect.stringMatching(/^\/synap\//),
      ]);
      for (const target of ['/synap/healthz', '/%73ynap/healthz'])
        expect((await get(target)).status, target).toBe(200);
    });

    it.runIf(keeps)('a path that only begins alike is another one', async () => {
      for (const target of [
        '/synapx/healthz',
        '/synap%2Fhealthz',
        '/Synap/healthz',
        '/synap/synap/healthz',
        '/synap.healthz',
      ])
        expect((await get(target)).status, target).toBe(404);
    });

    it('HSTS does not include subdomains of the shared host', async () => {
      expect((await get('/synap/healthz')).headers.get('strict-transport-security')).toBe(
        'max-age=31536000',
      );
    });

    it('the cookie is limited to the path, and works for sign-in, refresh and sign-out', async () => {
      const attributes =
        /^(__Secure-rt-[0-9a-f]{8})=([^;]*); Max-Age=(\d+); Path=\/synap; HttpOnly; Secure; SameSite=Strict$/;
      const cookieOf = (answer: Response) =>
        attributes.exec(answer.headers.getSetCookie()[0] ?? '') ?? [];
      const send = (name: string, pair: string, body: unknown) =>
        post(`/synap/api/v1/auth/${name}`, body, {
          origin: publicOrigin,
          'x-synap-client': '1',
          cookie: pair,
        });
      const first = await send('login', '', { ...admin, cookie: true });
      expect(first.status).toBe(200);
      const [, name, value] = cookieOf(first);
      const second = await send('refresh', `${name}=${value}`, {});
      expect(second.status).toBe(200);
      const [, again, renewed] = cookieOf(second);
      expect(again).toBe(name);
      expect(renewed).not.toBe(value);
      const out = await send('logout', `${name}=${renewed}`, {});
      expect([out.status, ...cookieOf(out).slice(1)]).toEqual([204, name, '', '0']);
      expect((await send('refresh', `${name}=${renewed}`, {})).status).toBe(401);
    });

    it('the link of a mail opens a page', async () => {
      await post('/synap/api/v1/auth/register', {
        email: 'ada@example.org',
        password: admin.password,
      });
      const link = await until(() => mailedLink(server.dataDir));
      expect(link.href).toMatch(new RegExp(`^${publicUrl}/verify#`));
      expect((await get(link.pathname)).status).toBe(200);
      expect((await post('/synap/api/v1/auth/verify', { token: link.hash.slice(1) })).status).toBe(
        204,
      );
    });

    it('the typed client works at the public address, with tokens and with the cookie', async () => {
      const url = `${nginx.origin}/synap/`;
      const plain = createClient({ url });
      await plain.$session.signIn(admin);
      expect(await plain.auth.me.query()).toMatchObject({ email: admin.email });
      await plain.$session.signOut();
      plain.$session.close();

      const jar = browserFetch();
      const inBrowser = () => createClient({ url, session: 'cookie', fetch: jar });
      const page = inBrowser();
      await page.$session.signIn(admin);
      page.$session.close();
      const reloaded = inBrowser();
      expect(await reloaded.$session.ready()).toEqual({ status: 'signed-in' });
      expect(await reloaded.auth.me.query()).toMatchObject({ email: admin.email });
      await reloaded.$session.signOut();
      reloaded.$session.close();
    });

    it('hands out the packed client', async () => {
      expect([200, 503]).toContain((await get('/synap/client.tgz')).status);
    });
  },
);

async function mailedLink(dataDir: string): Promise<URL> {
  const folder = path.join(dataDir, 'outbox');
  for (const name of await readdir(folder)) {
    const text = (await readFile(path.join(folder, name), 'utf8'))
      .replaceAll('=\r\n', '')
      .replaceAll('=3D', '=');
    const [link] = /https:\/\/\S+#[\w-]{43}/.exec(text) ?? [];
    if (link) return new URL(link);
  }
  throw new Error('no mail yet');
}

/**
 * `fetch` like a page of the service: with its origin, and a cookie that obeys `Path` (RFC 6265
 * §5.1.4).
 */
function browserFetch() {
  let cookie = { pair: '', path: '' };
  return async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('origin', publicOrigin);
    if (init.credentials === 'include' && new URL(url).pathname.startsWith(`${cookie.path}/`))
      headers.set('cookie', cookie.pair);
    const answer = await fetch(url, { ...init, headers });
    const [set] = answer.headers.getSetCookie();
    const [, pair = '', at = ''] = /^([^;]+);.*Path=([^;]+)/.exec(set ?? '') ?? [];
    if (set) cookie = { pair, path: at };
    return answer;
  };
}
