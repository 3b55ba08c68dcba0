import { createServer, type Server } from 'node:http';
import { freePort } from '@synap/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, testsBrowser } from './browser.js';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

/** Page of an application on another port, which is another origin. */
async function serveApplication(port: number): Promise<Server> {
  const application = createServer(
    (_req, res) => void res.setHeader('content-type', 'text/html').end('<title>App</title>'),
  );
  await new Promise<void>((resolve) => void application.listen(port, '127.0.0.1', resolve));
  return application;
}

describe.runIf(testsBrowser)('the cookie in a browser', { timeout: 60_000 }, () => {
  let server: ServerUnderTest;
  let applications: Server[];
  let browser: Browser;
  let context: BrowserContext;
  const origins = { known: '', unknown: '' };
  beforeAll(async () => {
    const ports = [await freePort(), await freePort()] as const;
    origins.known = `http://localhost:${ports[0]}`;
    origins.unknown = `http://localhost:${ports[1]}`;
    applications = await Promise.all(ports.map(serveApplication));
    server = await startServerUnderTest({
      variables: { SYNAP_ROLE: 'server', CORS_ORIGINS: origins.known },
    });
    browser = await startBrowser();
    context = await browser.newContext();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    for (const application of applications ?? []) application.close();
  });

  const api = () => server.origin.replace('127.0.0.1', 'localhost');

  async function open(origin: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(origin);
    return page;
  }

  /**
   * Calls auth from a page as an application would. @returns status and response; null if the
   * browser hides them from the page
   */
  function send(page: Page, name: string, body?: object) {
    return page.evaluate(
      async ({ url, text }) => {
        const headers = {
          'x-synap-client': '1',
          ...(text !== undefined && { 'content-type': 'application/json' }),
        };
        try {
          const answer = await fetch(url, {
            method: 'POST',
            credentials: 'include',
            headers,
            body: text ?? null,
          });
          return { status: answer.status, body: await answer.text() };
        } catch {
          return null;
        }
      },
      { url: `${api()}/api/v1/auth/${name}`, text: body && JSON.stringify(body) },
    );
  }

  it('keeps a page signed in, is hidden from scripts, and ends on sign-out', async () => {
    const page = await open(origins.known);
    expect(await send(page, 'login', { ...admin, cookie: true })).toMatchObject({ status: 200 });
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await context.cookies(api())).toMatchObject([
      {
        name: expect.stringMatching(/^rt-[0-9a-f]{8}$/),
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
      },
    ]);
    await page.reload();
    const again = await send(page, 'refresh', {});
    expect(again).toMatchObject({ status: 200, body: expect.stringContaining('accessToken') });
    expect(await send(page, 'logout')).toMatchObject({ status: 204 });
    expect(await context.cookies(api())).toEqual([]);
    expect(await send(page, 'refresh', {})).toMatchObject({ status: 401 });
  });

  it('cannot be used by a page of another origin', async () => {
    const page = await open(origins.known);
    await send(page, 'login', { ...admin, cookie: true });
    const other = await open(origins.unknown);
    // In `local` the page may read the response, which is a rejection.
    expect(await send(other, 'refresh', {})).toMatchObject({ status: 403 });
    expect(await send(other, 'logout')).toMatchObject({ status: 403 });
    expect(await send(page, 'refresh', {})).toMatchObject({ status: 200 });
  });
});
