import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeSecret } from '@synap/security';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { startSmtp } from './smtp-server.js';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(
  variables: Record<string, string> = {},
  databaseUrl?: string,
): Promise<ServerUnderTest> {
  const server = await startServerUnderTest({ variables, databaseUrl });
  endings.push(() => server.close());
  return server;
}

async function smtpThat(open: () => boolean) {
  const smtp = await startSmtp(open);
  endings.push(smtp.close);
  return smtp;
}

const askForTest = async (server: ServerUnderTest) =>
  server.rest('POST', '/admin/mail/test', {
    token: await server.signIn(),
    body: { to: 'ops@example.org' },
  });

describe('mail', { timeout: 60_000 }, () => {
  it('requested by a superuser is written to the outbox without SMTP_URL', async () => {
    const server = await start();
    expect(await askForTest(server)).toMatchObject({ status: 202, body: { accepted: true } });
    const folder = path.join(server.dataDir, 'outbox');
    const files = async () =>
      (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
    await until(async () => (await files()).length === 1, { timeout: 30_000 });
    const [name = ''] = await files();
    expect(await readFile(path.join(folder, name), 'utf8')).toMatch(/^To: ops@example\.org/m);
  });

  it('is sent to SMTP_URL once, and the log omits its receiver', async () => {
    const smtp = await smtpThat(() => true);
    const server = await start({ SMTP_URL: smtp.url, MAIL_FROM: 'Synap <synap@example.com>' });
    await askForTest(server);
    await until(() => smtp.taken.length === 1, { timeout: 30_000 });
    expect(smtp.taken[0]).toMatch(/^From: Synap <synap@example\.com>/m);
    expect(server.logged.join('')).not.toContain('ops@example.org');
  });

  it('is sent again after a restart with the same Message-ID if the SMTP server stops responding', async () => {
    let open = false;
    const smtp = await smtpThat(() => open);
    const variables = { SMTP_URL: smtp.url, ENCRYPTION_SECRET: makeSecret() };
    const first = await startServerUnderTest({ variables });
    await askForTest(first);
    await until(() => smtp.begun() === 1, { timeout: 30_000 });
    await first.running.close();
    open = true;
    await start(variables, first.database.url);
    endings.push(() => first.database.drop());
    await until(() => smtp.taken.length === 1, { timeout: 30_000 });
    expect(smtp.taken[0]).toMatch(/^Message-ID: <[0-9a-f-]{36}@synap>/im);
  });
});
