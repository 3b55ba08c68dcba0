import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBrowser, testsBrowser } from './browser.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { buildStaticPage } from './static-page.js';

const soon = { timeout: 30_000 };

describe.skipIf(!testsBrowser)('the pages of the documents', { timeout: 60_000 }, () => {
  let server: ServerUnderTest;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServerUnderTest(), startBrowser()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /**
   * Opens a page and records all requested URLs and all browser errors, such as policy violations.
   */
  async function open(url: string) {
    const context: BrowserContext = await browser.newContext({
      viewport: { width: 1400, height: 1000 },
    });
    const requested: string[] = [];
    const complaints: string[] = [];
    context.on('request', (request) => void requested.push(request.url()));
    const page: Page = await context.newPage();
    page.on(
      'console',
      (message) => message.type() === 'error' && void complaints.push(message.text()),
    );
    page.on('pageerror', (error) => void complaints.push(error.message));
    await page.goto(url);
    const foreign = () =>
      requested.filter(
        (each) => !each.startsWith(server.origin) && !/^(blob|data|file):/.test(each),
      );
    return { page, foreign, complaints, close: () => context.close() };
  }

  it('show the scope of an operation in Swagger UI, and request nothing from other hosts', async () => {
    const { page, foreign, complaints, close } = await open(`${server.origin}/docs`);
    const operation = page.locator('.opblock', { hasText: 'List my dashboards' });
    await operation.locator('.opblock-summary').click(soon);
    await operation.locator('text=x-scope').waitFor(soon);
    expect(await operation.textContent()).toContain('dashboards:read');
    expect([foreign(), complaints]).toEqual([[], []]);
    await close();
  });

  it('support search in Redoc and show scopes, and request nothing from other hosts', async () => {
    const { page, foreign, complaints, close } = await open(`${server.origin}/redoc`);
    await expectSearch(page);
    await expect
      .poll(() => page.locator('#redoc').textContent(), soon)
      .toMatch(/ scope: +dashboards:read/);
    expect([foreign(), complaints]).toEqual([[], []]);
    await close();
  });

  it('work in the static page without any server', async () => {
    const { folder, file } = await buildStaticPage();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { page, foreign, complaints, close } = await open(pathToFileURL(file).href);
    await expectSearch(page);
    expect([foreign(), complaints]).toEqual([[], []]);
    await close();
  });
});

async function expectSearch(page: Page): Promise<void> {
  await page.locator('input[type="text"]').first().fill('dashboards', soon);
  await page.locator('[data-role="search:results"] li').first().waitFor(soon);
  expect(await page.locator('[data-role="search:results"]').textContent()).toMatch(/dashboard/i);
}
