import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '@synap/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, testsBrowser } from './browser.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const password = 'a passphrase for tests';
let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { VERIFY_EMAIL: 'required' } });
}, 60_000);
afterAll(() => server.close());

/** Returns the link in the latest mail to an address. */
async function mailedLink(email: string, page: string): Promise<string> {
  const folder = path.join(server.dataDir, 'outbox');
  let link: string | undefined;
  await until(
    async () => {
      for (const name of (await readdir(folder).catch(() => [])).sort().reverse()) {
        const text = (await readFile(path.join(folder, name), 'utf8'))
          .replaceAll('=\r\n', '')
          .replaceAll('=3D', '=');
        if (text.includes(`To: ${email}`))
          link ??= new RegExp(`http://localhost:\\d+/${page}#[\\w-]{43}`).exec(text)?.[0];
      }
      return link !== undefined;
    },
    { timeout: 30_000 },
  );
  return link ?? '';
}

describe('a page behind a link in a mail', { timeout: 60_000 }, () => {
  it.each(['verify', 'reset', 'invite'])(
    '/%s loads no external content, and cannot be framed',
    async (name) => {
      const answer = await fetch(`${server.origin}/${name}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      );
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      for (const [, target = ''] of (await answer.text()).matchAll(/(?:src|href)="([^"]+)"/g))
        expect((await fetch(new URL(target, answer.url))).status, target).toBe(200);
    },
  );
});

describe.runIf(testsBrowser)('in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
    page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
  }, 60_000);
  afterAll(() => browser?.close());

  const press = (name: string) => page.getByRole('button', { name }).click();

  it('an address is verified by the button, not by opening the page', async () => {
    const account = { email: 'ada@example.org', password };
    await server.rest('POST', '/auth/register', { body: account });
    await page.goto(await mailedLink(account.email, 'verify'));
    expect((await server.rest('POST', '/auth/login', { body: account })).status).toBe(401);
    await press('Verify');
    await page.getByText('Your address is verified').waitFor();
    expect(page.url()).not.toContain('#');
    await server.signIn(account);
    expect(complaints).toEqual([]);
  });

  it('a new password is chosen; a weak one is explained and can be tried again', async () => {
    const email = 'ada@example.org';
    await server.rest('POST', '/auth/forgot', { body: { email } });
    await page.goto(await mailedLink(email, 'reset'));
    const field = page.getByLabel('New password');
    await field.fill('password1234');
    await press('Choose');
    await page
      .getByRole('alert')
      .getByText(/common/i)
      .waitFor();
    await field.fill('another passphrase for tests');
    await press('Choose');
    await page.getByText('Your password is changed').waitFor();
    await server.signIn({ email, password: 'another passphrase for tests' });
  });

  it('an invitation creates an account; its link works once', async () => {
    const token = await server.signIn();
    const email = 'carl@example.org';
    expect((await server.rest('POST', '/invitations', { token, body: { email } })).status).toBe(
      201,
    );
    const link = await mailedLink(email, 'invite');
    const accept = async () => {
      await page.goto('about:blank');
      await page.goto(link);
      await page.getByLabel('Your name').fill('Carl Dahl');
      await page.getByLabel('Password').fill(password);
      await press('Make the account');
    };
    await accept();
    await page.getByText('Your account is made').waitFor();
    const me = await server.rest('GET', '/auth/me', {
      token: await server.signIn({ email, password }),
    });
    expect(me.body).toMatchObject({ email, name: 'Carl Dahl' });
    await accept();
    await page.getByRole('alert').getByText('used or expired').waitFor();
  });
});
