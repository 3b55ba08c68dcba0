import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createPool } from '@synap/db';
import { generateToken } from '@synap/security';
import { freePort, until } from '@synap/testing';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Collector, startCollector } from './collector.js';
import { breakDatabase, databaseCanary } from './contract/broken-database.js';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { ended, endProcesses, newInstallation, startServer } from './synap-process.js';

const endings: (() => Promise<unknown>)[] = [];
async function endAll(): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end();
}
afterEach(async () => {
  await endProcesses();
  await endAll();
});

async function collect(options: { silent?: boolean } = {}): Promise<Collector> {
  const collector = await startCollector(options);
  endings.push(() => collector.close());
  return collector;
}

async function start(variables: Record<string, string>): Promise<ServerUnderTest> {
  const server = await startServerUnderTest({ variables });
  endings.push(() => server.close());
  return server;
}

async function connect(url: string) {
  const pool = createPool({ url, size: 1, idleInTransactionMilliseconds: 0 });
  endings.push(() => pool.end());
  return pool;
}

/** Makes the next insert of a dashboard fail with this text. */
const failWith = async (url: string, text: string) =>
  (await connect(url)).query(`
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING MESSAGE = '${text}'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON dashboards FOR EACH ROW EXECUTE FUNCTION fail()`);

/** Preload script that runs before the program. */
const preload = (code: string) => `--import data:text/javascript,${encodeURIComponent(code)}`;

describe('an unexpected error', { timeout: 60_000 }, () => {
  it('is reported with its request id, without request data, even if the error quotes it', async () => {
    const collector = await collect();
    const server = await start({ SENTRY_DSN: collector.dsn, SYNAP_ROLE: 'server' });
    const { body: tokens } = await server.rest('POST', '/auth/login', { body: admin });
    const { body: me } = await server.rest('GET', '/auth/me', { token: tokens.accessToken });
    const secrets = {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      mac: tokens.refreshToken.split('.')[2],
      apiKey: `syn_${randomBytes(16).toString('hex')}_${generateToken()}`,
      cookie: generateToken(),
      link: generateToken(),
      password: 'a wholly private phrase',
      address: 'ada.lovelace@example.org',
      query: 'word-in-a-query',
      name: 'dashboard of a secret project',
      account: admin.email,
      accountPassword: admin.password,
    };
    const { accessToken, refreshToken, apiKey, cookie, link, password, address, query } = secrets;
    const asks = [
      server.rest('POST', `/dashboards?note=${query}&token=${link}`, {
        token: accessToken,
        headers: {
          cookie: `__Host-rt=${refreshToken}; rt=${cookie}`,
          'x-api-key': apiKey,
          referer: `https://x.example/?${query}`,
        },
        body: { name: secrets.name },
      }),
      fetch(`${server.origin}/trpc/dashboards.create?note=${query}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessToken}`,
          cookie: `rt=${cookie}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ json: { name: secrets.name } }),
      }),
    ];
    await Promise.all(asks); // Without a fault they are answered, so the fault below is what is reported.
    await failWith(
      server.database.url,
      `${databaseCanary} "password":"${password}" Authorization: Bearer ${accessToken}
for ${apiKey} of ${address}, ${refreshToken}, POST /reset/${link}?x=${query} by postgresql://app:${cookie}@db/data`,
    );
    const first = await server.rest('POST', '/dashboards', {
      token: accessToken,
      headers: {
        cookie: `__Host-rt=${refreshToken}; rt=${cookie}`,
        'x-request-id': 'request-of-rest',
        'x-api-key': apiKey,
      },
      body: { name: secrets.name },
    });
    const second = await fetch(
      `${server.origin}/trpc/dashboards.create?note=${query}&token=${link}`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessToken}`,
          cookie: `rt=${cookie}`,
          'content-type': 'application/json',
          'x-request-id': 'of-rpc',
        },
        body: JSON.stringify({ json: { name: secrets.name } }),
      },
    );
    expect([first.status, second.status]).toEqual([500, 500]);
    await breakDatabase(await connect(server.database.url));
    const login = await server.rest('POST', '/auth/login', { body: { email: address, password } });
    expect(login.status).toBe(500);

    await until(() => collector.events().length === 3, { timeout: 30_000 });
    const byRequest = new Map(collector.events().map((event) => [event.tags?.request_id, event]));
    expect(byRequest.get('request-of-rest')).toMatchObject({
      tags: { kind: 'request', procedure: 'dashboards.create', request_id: 'request-of-rest' },
      user: { id: me.id },
      environment: 'local',
      release: expect.stringMatching(/^synap@\d+\.\d+\.\d+$/),
    });
    expect(byRequest.get('request-of-rest')?.user).toEqual({ id: me.id });
    expect(byRequest.get('of-rpc')?.tags).toMatchObject({ procedure: 'dashboards.create' });
    expect(byRequest.get(login.body.requestId)).toMatchObject({
      tags: { procedure: 'auth.login' },
    });
    const sent = collector.received.join('\n');
    expect(sent).toContain(databaseCanary);
    const logged = server.logged.join('');
    for (const [what, secret] of Object.entries(secrets)) {
      expect(sent, `${what} to the collector`).not.toContain(secret);
      expect(sent, `${what} to the collector`).not.toContain(encodeURIComponent(secret));
      expect(logged, `${what} in the log`).not.toContain(secret);
    }
  });

  it('is reported; rejected requests are not', async () => {
    const collector = await collect();
    const server = await start({ SENTRY_DSN: collector.dsn, SYNAP_ROLE: 'server' });
    const answers = [
      await server.rest('GET', '/auth/me', { token: 'none' }),
      await server.rest('GET', '/nowhere'),
      await server.rest('POST', '/auth/login', { body: '{"email":' }),
      await server.rest('POST', '/auth/login', { body: { ...admin, password: 'another one' } }),
    ];
    for (const { status } of answers) expect(status).toBeLessThan(500);
    await server.running.close();
    expect(collector.received).toEqual([]);
  });

  it('of a job is reported after the last attempt, without the receiver', async () => {
    const collector = await collect();
    const smtp = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: ({ address }, _session, done) =>
        done(Object.assign(new Error(`no ${address} here`), { responseCode: 550 })),
    });
    smtp.on('error', () => undefined);
    await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
    endings.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
    const { port } = smtp.server.address() as AddressInfo;
    const server = await start({ SENTRY_DSN: collector.dsn, SMTP_URL: `smtp://127.0.0.1:${port}` });
    await server.rest('POST', '/admin/mail/test', {
      token: await server.signIn(),
      body: { to: 'ada@example.org' },
    });
    await until(() => collector.events().length === 1, { timeout: 30_000 });
    expect(collector.events()).toMatchObject([{ tags: { kind: 'job', task: 'mail-send' } }]);
    expect(collector.received.join('')).not.toMatch(/ada@|example\.org/);
  });
});

describe('a collector', { timeout: 60_000 }, () => {
  it.each(['is down', 'never answers'])(
    'that %s affects no response and delays neither requests nor shutdown',
    async (how) => {
      const collector = how === 'is down' ? undefined : await collect({ silent: true });
      const dsn = collector?.dsn ?? `http://key@127.0.0.1:${await freePort()}/42`;
      const server = await start({ SENTRY_DSN: dsn, SYNAP_ROLE: 'server' });
      const token = await server.signIn();
      await failWith(server.database.url, databaseCanary);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          server.rest('POST', '/dashboards', { token, body: { name: 'x' } }),
        ),
      );
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
        new Set(['500 internal_server_error']),
      );
      expect((await server.rest('GET', '/auth/me', { token })).status).toBe(200);
      await endAll();
    },
  );

  it('that never responds does not keep a stopping process alive', async () => {
    const silent = await collect({ silent: true });
    const installation = await newInstallation();
    const { child, origin } = await startServer({
      SENTRY_DSN: silent.dsn,
      SYNAP_ROLE: 'server',
      ...installation,
    });
    await failWith(installation.DATABASE_URL, databaseCanary);
    const post = async (target: string, body: object, token = '') =>
      fetch(`${origin}/api/v1${target}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    const { accessToken } = z
      .object({ accessToken: z.string() })
      .parse(await (await post('/auth/login', admin)).json());
    expect((await post('/dashboards', { name: 'x' }, accessToken)).status).toBe(500);
    await until(() => silent.events().length === 1);
    expect(await ended(child, 'SIGTERM')).toBe(0);
  });

  it('that never responds gets a report of an uncaught exception, and the process exits in time', async () => {
    const silent = await collect({ silent: true });
    const throwOnSignal = preload(
      `process.on('SIGUSR2', () => { throw new Error('password=hunter' + 2 + ' ${databaseCanary}'); })`,
    );
    const variables = {
      SENTRY_DSN: silent.dsn,
      NODE_OPTIONS: throwOnSignal,
      ...(await newInstallation()),
    };
    const { child, output } = await startServer(variables);
    expect(await ended(child, 'SIGUSR2')).toBe(1);
    expect(silent.events()).toMatchObject([
      { tags: { kind: 'process' }, exception: { values: [{ mechanism: { handled: false } }] } },
    ]);
    for (const text of [output.text, silent.received.join('')]) {
      expect(text).toContain(databaseCanary);
      expect(text).not.toContain('hunter2');
    }
  });
});

describe('the package of Sentry', { timeout: 90_000 }, () => {
  const watch = `export async function load(url, context, next) {
    if (url.includes('/@sentry/')) (await import('node:fs')).writeSync(2, 'LOADED SENTRY\\n');
    return next(url, context);
  }`;
  const NODE_OPTIONS = preload(
    `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(watch)}`)})`,
  );

  it.each([
    ['is loaded with SENTRY_DSN', 'http://key@127.0.0.1:9/1', true],
    ['is not loaded without', '', false],
  ])('%s', async (_what, SENTRY_DSN, loaded) => {
    const { child, output } = await startServer({
      SENTRY_DSN,
      NODE_OPTIONS,
      ...(await newInstallation()),
    });
    expect(output.text.includes('LOADED SENTRY')).toBe(loaded);
    expect(await ended(child, 'SIGTERM')).toBe(0);
  });
});
