import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, testsBrowser } from './browser.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
});
afterAll(() => server.close());

const get = (path: string, accept?: string, at = server) =>
  fetch(`${at.origin}${path}`, { headers: accept ? { accept } : {} });
const ofBrowser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the overview of the service', () => {
  it.each(['/', '/api/v1', '/api/v1/'])(
    '%s shows only name, version and links to programs',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
      const links = {
        rest: '/api/v1',
        rpc: '/trpc',
        docs: '/docs',
        redoc: '/redoc',
        health: '/api/v1/health',
      };
      const documents = { openapi: '/api/v1/openapi.json', openapi30: '/api/v1/openapi-3.0.json' };
      expect(await answer.json()).toEqual({
        name: 'Synap',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        links: Object.assign(links, documents, { client: '/client.tgz' }),
      });
    },
  );

  it('/ is a page for browsers with valid links and resources', async () => {
    const page = await get('/', ofBrowser);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(page.headers.get('vary')).toContain('Accept');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';(?!.*unsafe)/);
    const targets = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, target = '']) => target,
    );
    expect(targets).toEqual(
      expect.arrayContaining([
        '/docs',
        '/redoc',
        '/client.tgz',
        '/api/v1/health',
        '/assets/page.css',
      ]),
    );
    for (const target of targets.filter((name) => name !== '/client.tgz'))
      expect((await get(target)).status, target).toBe(200);
  });

  it('links only to documentation that is served', async () => {
    const bare = await startServerUnderTest({
      variables: { SYNAP_ROLE: 'server', DOCS_ENABLED: 'off' },
    });
    try {
      for (const accept of [ofBrowser, undefined])
        expect(await (await get('/', accept, bare)).text()).not.toMatch(/"\/(docs|redoc)"/);
    } finally {
      await bare.close();
    }
  });

  it('accepts only GET and HEAD', async () => {
    expect((await server.rest('HEAD', '')).status).toBe(200);
    expect((await server.rest('POST', '', { body: {} })).status).toBe(405);
  });
});

describe.runIf(testsBrowser)('the pages in a browser', { timeout: 60_000 }, () => {
  const backgrounds = { light: 'rgb(243, 244, 246)', dark: 'rgb(15, 20, 28)' };
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it.each(['light', 'dark'] as const)(
    'fit a phone and follow the %s colour scheme, without browser errors',
    async (colorScheme) => {
      const page = await browser.newPage({ viewport: { width: 360, height: 640 }, colorScheme });
      const complaints: string[] = [];
      page.on(
        'console',
        (message) => message.type() === 'error' && complaints.push(message.text()),
      );
      page.on('pageerror', (error) => complaints.push(String(error)));
      for (const path of ['/', '/verify', '/reset', '/invite']) {
        await page.goto(`${server.origin}${path}`);
        await page.getByText('Synap').first().waitFor();
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        const background = await page.evaluate<string>(
          'getComputedStyle(document.body).backgroundColor',
        );
        expect([path, width <= 360, background]).toEqual([path, true, backgrounds[colorScheme]]);
      }
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
