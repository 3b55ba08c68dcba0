import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { admin } from './server-under-test.js';
import {
  dataFolder,
  ended,
  endProcesses,
  newInstallation,
  run,
  startServer,
} from './synap-process.js';

afterEach(endProcesses);

async function api(origin: string) {
  const post = (target: string, body: object, token = '') =>
    fetch(`${origin}/api/v1${target}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  const login = await post('/auth/login', admin);
  const { accessToken: token } = (await login.json()) as { accessToken: string };
  return {
    create: async (name: string) => (await post('/dashboards', { name }, token)).status === 201,
    async names(): Promise<string[]> {
      const names: string[] = [];
      for (let cursor = ''; ; ) {
        const answer = await fetch(
          `${origin}/api/v1/dashboards?size=100${cursor && `&cursor=${cursor}`}`,
          {
            headers: { authorization: `Bearer ${token}` },
          },
        );
        const page = (await answer.json()) as {
          items: { name: string }[];
          nextCursor: string | null;
        };
        names.push(...page.items.map((item) => item.name));
        if (page.nextCursor === null) return names;
        cursor = page.nextCursor;
      }
    },
  };
}

describe('synap start', { timeout: 120_000 }, () => {
  it('loses no acknowledged write if it is killed', async () => {
    const folder = await dataFolder();
    const acknowledged: string[] = [];
    for (const round of [1, 2]) {
      const { child, origin } = await startServer({
        SYNAP_DATA_DIR: folder,
        RATE_LIMIT_FACTOR: '1000',
      });
      const { create } = await api(origin);
      const writer = async (lane: number) => {
        for (let i = 0; ; i += 1) {
          const name = `${round}-${lane}-${i}`;
          if (await create(name)) acknowledged.push(name);
        }
      };
      const writers = Promise.allSettled([1, 2, 3, 4].map(writer));
      const enough = acknowledged.length + 40;
      while (acknowledged.length < enough) await new Promise((resolve) => setImmediate(resolve));
      await ended(child, 'SIGKILL');
      await writers;
    }
    const { child, origin } = await startServer({
      SYNAP_DATA_DIR: folder,
      RATE_LIMIT_FACTOR: '1000',
    });
    const names = new Set(await (await api(origin)).names());
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    expect(await ended(child, 'SIGTERM')).toBe(0);
  });

  it('rejects a second start on the same data and names the holder', async () => {
    const folder = await dataFolder();
    const { child } = await startServer({ SYNAP_DATA_DIR: folder });
    const second = await run(['start'], { SYNAP_DATA_DIR: folder });
    expect(second.code).toBe(1);
    expect(second.text).toContain(String(child.pid));
    expect(await ended(child, 'SIGTERM')).toBe(0);
  });

  it('writes a generated password to a private file, not to the output', async () => {
    const installation = await newInstallation();
    const { child, output } = await startServer({ ...installation, SYNAP_ADMIN_PASSWORD: '' });
    const file = path.join(installation.SYNAP_DATA_DIR, 'first-password.txt');
    const made = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(output.text).toContain(file);
    expect(output.text).not.toContain(made);
    expect(await ended(child, 'SIGINT')).toBe(0);
  });

  it('names every fault of the environment in one message', async () => {
    const { code, text } = await run(['start'], {
      SYNAP_ENV: 'production',
      PORT: 'http',
      TRUST_PROXY: 'true',
      CORS_ORIGINS: '*',
      DATABASE_URL: 'mysql://x',
      RATE_LIMIT_FACTOR: '5',
      ACCESS_TOKEN_SECRET: 'short',
    });
    expect(code).toBe(1);
    const faulty = [
      'PORT',
      'TRUST_PROXY',
      'CORS_ORIGINS',
      'DATABASE_URL',
      'PUBLIC_URL',
      'RATE_LIMIT_FACTOR',
      'ACCESS_TOKEN_SECRET',
      'REFRESH_TOKEN_SECRET',
      'ENCRYPTION_SECRET',
    ];
    for (const name of faulty) expect(text).toContain(`- ${name}: `);
  });

  it('names invalid paths of the command line, and creates no database', async () => {
    const folder = await dataFolder();
    const none = path.join(folder, 'none');
    const commands = {
      [`The folder ${none} cannot be written to (ENOENT): create it`]: [
        'backup',
        path.join(none, 'synap.tar.gz'),
      ],
      [`--passphrase-file: ${none} cannot be read (ENOENT`]: [
        'backup',
        path.join(folder, 'a'),
        '--passphrase-file',
        none,
      ],
      [`The backup ${none} cannot be read (ENOENT`]: ['restore', none],
    };
    for (const [message, command] of Object.entries(commands)) {
      const { code, text } = await run(command, { SYNAP_DATA_DIR: folder });
      expect([code, text.split('\n').some((line) => line.startsWith(message))], text).toEqual([
        1,
        true,
      ]);
    }
    expect(await readdir(folder)).toEqual([]);
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const { code, text } = await run(['start'], { SYNAP_DATA_DIR: path.join(file, 'data') });
    expect(code).toBe(1);
    expect(text).toMatch(
      /- SYNAP_DATA_DIR: The data folder .* cannot be used \(.*\): set SYNAP_DATA_DIR to another folder/,
    );
  });

  it('names an unknown option, and shows the usage', async () => {
    const { code, text } = await run(['doctor', '--no-such'], {});
    expect(code).toBe(2);
    expect(text).toMatch(/^Unknown option '--no-such'\n\nUsage: synap <command>/);
  });
});

describe('the folder of the database', { timeout: 120_000 }, () => {
  it('is shown by start and doctor', async () => {
    const folder = await realpath(await dataFolder());
    const { child, output } = await startServer({ SYNAP_DATA_DIR: folder });
    expect(output.text.split('\n').slice(0, 3)).toContain(
      `The database is in ${folder}/postgres/data.`,
    );
    const { text } = await run(['doctor'], { SYNAP_DATA_DIR: folder });
    expect(text).toMatch(new RegExp(`ok +database .* in ${folder}/postgres/data\n`));
    await ended(child, 'SIGTERM');
  });

  it('is named by both if it is missing, and neither creates an empty one', async () => {
    const folder = await realpath(await dataFolder());
    await run(['doctor'], { SYNAP_DATA_DIR: folder });
    await rm(path.join(folder, 'postgres/data'), { recursive: true });
    for (const command of ['start', 'doctor']) {
      const { code, text } = await run([command], { SYNAP_DATA_DIR: folder });
      expect(code).toBe(1);
      expect(text).toContain(`its folder ${folder}/postgres/data does not exist`);
    }
    expect(await readdir(path.join(folder, 'postgres'))).not.toContain('data');
    await rm(folder, { recursive: true });
  });
});

describe('synap doctor', { timeout: 120_000 }, () => {
  it('reports pending migrations of a new installation, and no problems of a started one', async () => {
    const folder = await dataFolder();
    const before = await run(['doctor'], { SYNAP_DATA_DIR: folder });
    expect(before.code).toBe(0);
    expect(before.text).toMatch(/warn +migrations .*the next start applies them/);
    const off = await run(['doctor'], { SYNAP_DATA_DIR: folder, SYNAP_MIGRATE: 'off' });
    expect(off.code).toBe(1);
    expect(off.text).toMatch(/FAIL +migrations .*npx prisma migrate deploy/);
    const { child } = await startServer({ SYNAP_DATA_DIR: folder });
    const during = await run(['doctor'], { SYNAP_DATA_DIR: folder });
    expect(during).toMatchObject({ code: 0 });
    await ended(child, 'SIGTERM');
  });

  it('reports mail settings that cannot work', async () => {
    const installation = await newInstallation();
    const away = await run(['doctor'], {
      ...installation,
      SMTP_URL: 'smtp://user:hunter22@127.0.0.1:9',
    });
    expect(away.text).toMatch(/FAIL +mail +127\.0\.0\.1:9: .*SMTP_URL/);
    expect(away.text).not.toContain('hunter22');
    const outbox = await run(['doctor'], {
      ...installation,
      SIGNUP: 'open',
      VERIFY_EMAIL: 'required',
    });
    expect(outbox.text).toMatch(/FAIL +mail .*set SMTP_URL/);
  });

  it('explains why the database is unreachable', async () => {
    const folder = await dataFolder();
    const { code, text } = await run(['doctor'], {
      SYNAP_DATA_DIR: folder,
      DATABASE_URL: 'postgresql://unknown@127.0.0.1:9/none',
    });
    expect(code).toBe(1);
    expect(text).toMatch(/FAIL +database .*DATABASE_URL/);
  });
});
