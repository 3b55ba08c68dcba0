import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSecrets } from './secret-folder.js';
import { makeSecret, validateSecrets } from './secrets.js';
import { parseSigningKeys } from './signing-keys.js';

const good = 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu';
const alsoGood = 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg';
const judge = (value: string) =>
  validateSecrets({ ACCESS_TOKEN_SECRET: value }).map(({ message }) => message);

describe('validateSecrets', () => {
  test('secrets that are long, random and each for one purpose have no fault', () => {
    expect(
      validateSecrets({
        ACCESS_TOKEN_SECRET: `new:${good},old:${makeSecret()}`,
        REFRESH_TOKEN_SECRET: alsoGood,
      }),
    ).toEqual([]);
    for (let round = 0; round < 1000; round++) expect(judge(makeSecret())).toEqual([]);
  });

  test.each([
    ['', 'is empty'],
    [' , ', 'is empty'],
    [good.slice(1), 'has 31 bytes and needs at least 32'],
    [`${good},short`, 'has 5 bytes'],
    [`new:${good},new:${alsoGood}`, 'has two keys of the same name'],
    [`changeme${good}`, 'well-known example'],
    [`CHANGE-ME-${good}`, 'well-known example'],
    ['your-256-bit-secret-your-256-bit-secret', 'well-known example'],
    ['replace_this_with_32_random_bytes_please', 'well-known example'],
    ['secretsecretsecretsecretsecretsecret', 'well-known example'],
    ['x'.repeat(64), 'well-known example'],
  ])('"%s" %s', (value, fault) => {
    expect(judge(value).join()).toContain(fault);
  });

  test('a secret of the example file is refused', () => {
    expect(validateSecrets({ A: good }, [good])).toEqual([
      { name: 'A', message: expect.stringContaining('well-known example') },
    ]);
  });

  test('one secret for two purposes is refused, also when it is an old one', () => {
    const faults = validateSecrets({
      ACCESS_TOKEN_SECRET: `${alsoGood},a:${good}`,
      REFRESH_TOKEN_SECRET: `b:${good}`,
    });
    expect(faults).toEqual([
      {
        name: 'REFRESH_TOKEN_SECRET',
        message: expect.stringContaining('the same as ACCESS_TOKEN_SECRET'),
      },
    ]);
  });

  test('all errors are reported at once, and none contains the secret', () => {
    const faults = validateSecrets({ A: 'tooshort1', B: 'tooshort1,changeme' });
    expect(faults.map(({ name }) => name)).toEqual(['A', 'B', 'B', 'B']);
    expect(JSON.stringify(faults)).not.toMatch(/tooshort1|changeme/);
  });
});

describe('key lists', () => {
  test('keys are named, or named after themselves so that moving one down the list changes nothing', () => {
    expect(parseSigningKeys(`2026:${good}, ${alsoGood}`)).toEqual([
      { kid: '2026', secret: good },
      { kid: expect.stringMatching(/^[\w-]{8}$/), secret: alsoGood },
    ]);
    expect(parseSigningKeys(`${good},${alsoGood}`)[1]).toEqual(parseSigningKeys(alsoGood)[0]);
  });
});

describe('made secrets', () => {
  const names = ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET'] as const;
  let folder: string;
  let secrets: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'synap-secrets-'));
    secrets = path.join(folder, 'secrets');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('missing secrets are made once, each its own, and found again', async () => {
    const first = await loadSecrets(secrets, names);
    expect(validateSecrets(Object.fromEntries(first))).toEqual([]);
    expect(await loadSecrets(secrets, names)).toEqual(first);
    const more = await loadSecrets(secrets, [...names, 'STORAGE_SECRET']);
    expect(more.get('ACCESS_TOKEN_SECRET')).toBe(first.get('ACCESS_TOKEN_SECRET'));
  });

  test.skipIf(process.platform === 'win32')(
    'only the owner can read them, even after the file mode was loosened',
    async () => {
      await loadSecrets(secrets, names);
      const modes = async () =>
        Promise.all(
          [secrets, ...names.map((name) => path.join(secrets, name))].map(
            async (file) => (await stat(file)).mode & 0o777,
          ),
        );
      expect(await modes()).toEqual([0o700, 0o600, 0o600]);
      await chmod(path.join(secrets, names[0]), 0o644);
      await loadSecrets(secrets, names);
      expect(await modes()).toEqual([0o700, 0o600, 0o600]);
    },
  );

  test('starts at once agree, in one process and in several, and leave no drafts', async () => {
    const program = `import('./packages/security/src/secret-folder.ts').then(async ({ loadSecrets }) => console.log(JSON.stringify([...await loadSecrets(process.argv[1], ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET'])])))`;
    const root = path.resolve(import.meta.dirname, '../../..');
    const start = () =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', program, secrets], {
        cwd: root,
      });
    /**
     * Starts some turns of the event loop later, so that concurrent starts interleave in different
     * ways.
     */
    const loadAfter = async (turns: number) => {
      for (let turn = 0; turn < turns * 5; turn++) await setImmediate();
      return loadSecrets(secrets, names);
    };
    const starts = [start(), start(), start()];
    const own = await Promise.all(Array.from({ length: 40 }, (_, turn) => loadAfter(turn)));
    const outputs = await Promise.all(starts);
    const answers = [
      ...outputs.map(({ stdout }) => stdout.trim()),
      ...own.map((loaded) => JSON.stringify([...loaded])),
    ];
    expect(new Set(answers).size).toBe(1);
    expect((await readdir(secrets)).sort()).toEqual([...names]);
    expect(await readFile(path.join(secrets, names[0]), 'utf8')).toBe(`${own[0]?.get(names[0])}\n`);
  });
});
