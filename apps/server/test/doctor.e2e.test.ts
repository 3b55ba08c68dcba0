import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  dataFolder,
  ended,
  endProcesses,
  launch,
  newInstallation,
  run,
  startServer,
} from './synap-process.js';

afterEach(endProcesses);

/** Occupies a free port for the duration of a test. */
async function takePort(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}

const secret = () => randomBytes(32).toString('base64');
const production = {
  SYNAP_ENV: 'production',
  PUBLIC_URL: 'https://synap.example.org',
  HOST: '127.0.0.1',
  SYNAP_GIT_REPOSITORIES: '[]',
  ACCESS_TOKEN_SECRET: secret(),
  REFRESH_TOKEN_SECRET: secret(),
  ENCRYPTION_SECRET: secret(),
};

describe('synap doctor', { timeout: 120_000 }, () => {
  it('names every setting that would fail the start, and opens nothing', async () => {
    const folder = await dataFolder();
    const none = path.join(folder, 'none');
    const { code, text } = await run(['doctor'], {
      SYNAP_DATA_DIR: folder,
      SYNAP_ENV: 'production',
      SYNAP_MODULES_DIR: none,
      HOST: 'no-such-host.invalid',
      ACCESS_TOKEN_SECRET: 'weak',
      ENCRYPTION_SECRETS: secret(),
      DATABASE_URL: 'mysql://localhost/x',
    });
    expect(code).toBe(1);
    const faulty = [
      'PUBLIC_URL',
      'ACCESS_TOKEN_SECRET',
      'ENCRYPTION_SECRET',
      'DATABASE_URL',
      'SYNAP_MODULES_DIR',
      'HOST',
    ];
    for (const name of faulty) expect(text).toMatch(new RegExp(`^FAIL +settings +${name}: `, 'm'));
    expect(text).toContain('did you mean ENCRYPTION_SECRET?');
    expect(text).not.toMatch(/^\S+ +database /m);
  });

  it('distinguishes ports of other programs, of other Synap servers, and of the examined server', async () => {
    const installation = await newInstallation();
    const other = await takePort((_, res) => res.end('hello'));
    const taken = await run(['doctor'], { ...installation, PORT: other });
    expect(taken.code).toBe(1);
    expect(taken.text).toMatch(
      new RegExp(`^FAIL +settings +PORT: ${other} is taken, another program listens there: `, 'm'),
    );

    const { child, origin } = await startServer(await newInstallation());
    const { port } = new URL(origin);
    const foreign = await run(['doctor'], { ...installation, PORT: port });
    expect(foreign.text).toMatch(
      new RegExp(`^FAIL +settings +PORT: ${port} is taken, another Synap listens there: `, 'm'),
    );
    const { text } = await run(['start'], { ...installation, PORT: port });
    expect(text).toContain(`- PORT: ${port} is taken, another Synap listens there`);
    await ended(child, 'SIGTERM');

    const own = await startServer({ ...installation, PORT: port });
    const examined = await run(['doctor'], { ...installation, PORT: port });
    expect(examined.text).toMatch(/^ok +port +PORT: this Synap listens there$/m);
    expect(examined.code).toBe(0);
    await ended(own.child, 'SIGTERM');
  });

  it('checks the metrics port too', async () => {
    const taken = await takePort((_, res) => res.end('hello'));
    const { code, text } = await run(['doctor'], {
      ...(await newInstallation()),
      METRICS_PORT: taken,
    });
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`^FAIL +settings +METRICS_PORT: ${taken} is taken`, 'm'));
  });

  it('explains why Redis is unreachable', async () => {
    const variables = {
      ...(await newInstallation()),
      REDIS_URL: 'redis://:hunter22@127.0.0.1:9',
    };
    const { code, text } = await run(['doctor'], variables);
    expect(code).toBe(1);
    expect(text).toMatch(/^FAIL +redis +127\.0\.0\.1:9: .*ECONNREFUSED.*; check REDIS_URL/m);
    expect(text).not.toContain('hunter22');
  });

  it('warns of problems that do not fail the start: missing mail in production, invalid repositories, unknown settings', async () => {
    const installation = await newInstallation();
    const mail = await run(['doctor'], {
      ...production,
      ...installation,
      SYNAP_DATA_DRI: 'x',
    });
    expect(mail.text).toMatch(/^warn +mail +no SMTP_URL: .*set SMTP_URL$/m);
    expect(mail.text).toMatch(/^warn +settings +SYNAP_DATA_DRI .*did you mean SYNAP_DATA_DIR\?$/m);
    expect(mail.code).toBe(0);
    const git = await run(['doctor'], {
      ...installation,
      SYNAP_GIT_REPOSITORIES: path.join(installation.SYNAP_DATA_DIR, 'none'),
    });
    expect(git.text).toMatch(/^warn +module git +Repository "none" is not a git repository/m);
    expect(git.code).toBe(0);
  });
});

describe('synap start', { timeout: 120_000 }, () => {
  it('names unknown settings with the closest known one', async () => {
    const variables = {
      ...(await newInstallation()),
      SYNAP_GIT_REPOSITORYS: '/srv/a',
      DATABASE_UR: 'x',
    };
    const { child, output } = launch(['start'], variables);
    for (const closest of ['SYNAP_GIT_REPOSITORIES', 'DATABASE_URL'])
      await expect
        .poll(() => output.text, { timeout: 30_000 })
        .toContain(`did you mean ${closest}?`);
    await ended(child, 'SIGTERM');
  });
});
