import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnvironmentError, parseEnvironment } from './env.js';

function faultsOf(variables: Record<string, string>): string[] {
  try {
    parseEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
}

const production = {
  SYNAP_ENV: 'production',
  PUBLIC_URL: 'https://synap.example.org',
  ACCESS_TOKEN_SECRET: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu',
  REFRESH_TOKEN_SECRET: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg',
  ENCRYPTION_SECRET: 'Yc7Rt2Lm9Wq4Xs8Bn5Vd1Kg6Hj3Fp0Za',
};

describe('the environment', () => {
  it('needs nothing at all, and then stays on this machine', () => {
    expect(parseEnvironment({})).toMatchObject({
      environment: 'local',
      host: '127.0.0.1',
      port: 3000,
      migrate: true,
      docs: true,
      validateResponses: true,
      signup: 'closed',
      shutdownDelay: 0,
    });
    expect(parseEnvironment({ PORT: '', SYNAP_ENV: ' ' })).toMatchObject({
      environment: 'local',
      port: 3000,
    });
  });

  it('names the words that a setting takes', () => {
    expect(faultsOf({ SYNAP_ENV: 'prod', SYNAP_MIGRATE: 'no' })).toEqual([
      'SYNAP_ENV: must be one of: local, staging, production',
      'SYNAP_MIGRATE: must be on or off',
    ]);
  });

  it('takes a Redis with or without TLS, and none', () => {
    for (const url of ['redis://localhost:6379', 'rediss://user:word@redis.example.org:6380/1'])
      expect(parseEnvironment({ REDIS_URL: url }).redisUrl).toBe(url);
    expect(parseEnvironment({ REDIS_URL: '' }).redisUrl).toBeUndefined();
  });

  it('takes a Sentry, and none', () => {
    for (const dsn of [
      'https://0a1b2c@o1.ingest.sentry.io/42',
      'http://key@127.0.0.1:9000/under/1',
    ])
      expect(parseEnvironment({ SENTRY_DSN: dsn }).sentryDsn).toBe(dsn);
    expect(parseEnvironment({ SENTRY_DSN: ' ' }).sentryDsn).toBeUndefined();
  });

  it.each([
    [
      { DATABASE_POOLER: 'transaction', DATABASE_URL: 'postgresql://a:b@h/d' },
      'DATABASE_DIRECT_URL: is required',
    ],
    [{ DATABASE_POOLER: 'session' }, 'DATABASE_POOLER: needs DATABASE_URL'],
    [{ DATABASE_DIRECT_URL: 'postgresql://a:b@h/d' }, 'DATABASE_DIRECT_URL: needs DATABASE_URL'],
    [
      { DATABASE_URL: 'postgresql://a:b@h/d?pgbouncer=true' },
      'DATABASE_POOLER: must be "transaction"',
    ],
    [
      {
        DATABASE_URL: 'postgresql://a:b@h/d?schema=x',
        DATABASE_DIRECT_URL: 'postgresql://a:b@h/d',
      },
      'DATABASE_DIRECT_URL: must name the same ?schema=',
    ],
    [{ DATABASE_URL: 'postgresql://a:%zz@h/d' }, 'DATABASE_URL: has a "%"'],
    [
      { DATABASE_URL: 'postgresql://a:b@h/d?sslmode=verify-ca' },
      'DATABASE_URL: has sslmode=verify-ca',
    ],
    [{ SYNAP_ADMIN_PASSWORD: 'short' }, 'SYNAP_ADMIN_PASSWORD: '],
  ])('refuses %j with the remedy', (variables, fault) => {
    expect(faultsOf(variables)).toEqual([expect.stringContaining(fault)]);
  });

  it('takes a pooler with its direct address, which defaults to the other', () => {
    const [url, direct] = ['postgresql://a:b@pooler/d', 'postgresql://a:b@h/d'];
    const variables = {
      DATABASE_URL: url,
      DATABASE_DIRECT_URL: direct,
      DATABASE_POOLER: 'transaction',
    };
    expect(parseEnvironment(variables).database).toMatchObject({
      url,
      directUrl: direct,
      pooler: 'transaction',
    });
    expect(parseEnvironment({ DATABASE_URL: url }).database).toMatchObject({
      url,
      directUrl: url,
      pooler: 'none',
    });
  });

  it('in production is strict, open to the network and without documents', () => {
    expect(parseEnvironment(production)).toMatchObject({
      host: '0.0.0.0',
      docs: false,
      validateResponses: false,
      corsOrigins: [],
      shutdownDelay: 5000,
    });
    expect(parseEnvironment({ ...production, SHUTDOWN_DELAY: '12' })).toMatchObject({
      shutdownDelay: 12_000,
    });
    expect(parseEnvironment({ SHUTDOWN_DELAY: '1' })).toMatchObject({ shutdownDelay: 1000 });
    expect(faultsOf({ SYNAP_ENV: 'production' }).map((fault) => fault.split(':')[0])).toEqual([
      'PUBLIC_URL',
      'ACCESS_TOKEN_SECRET',
      'REFRESH_TOKEN_SECRET',
      'ENCRYPTION_SECRET',
    ]);
  });

  it.each([
    ['PORT', '80x'],
    ['METRICS_PORT', '3000'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['DATABASE_POOL_SIZE', '0'],
    ['RATE_LIMIT_FACTOR', '0.5'],
    ['RATE_LIMIT_FACTOR', 'NaN'],
    ['SYNAP_MIGRATE', 'perhaps'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://app.example.org/'],
    ['PUBLIC_URL', 'synap.example.org'],
    ['PUBLIC_URL', 'https:synap.example.org'],
    ['PUBLIC_URL', 'https://ada:secret@synap.example.org'],
    ['PUBLIC_URL', 'https://example.org/synap?a=b'],
    ['PUBLIC_URL', 'https://example.org/synap?'],
    ['PUBLIC_URL', 'https://example.org/synap#a'],
    ['PUBLIC_URL', 'https://example.org/a/../synap'],
    ['PUBLIC_URL', 'https://example.org/a/%2e%2e/synap'],
    ['PUBLIC_URL', 'https://example.org/./synap'],
    ['PUBLIC_URL', 'https://example.org//synap'],
    ['PUBLIC_URL', 'https://example.org\\synap'],
    ['PUBLIC_URL', 'https://example.org/syn;ap'],
    ['PUBLIC_URL', 'https://example.org/syn ap'],
    ['PUBLIC_URL', 'https://example.org/synäp'],
    ['PUBLIC_URL', 'https://example.org/api'],
    ['PUBLIC_URL', 'https://example.org/docs/synap'],
    ['REDIS_URL', 'localhost:6379'],
    ['SIGNUP', 'maybe'],
    ['SMTP_TLS', 'off'],
    ['METRICS_TOKEN', 'short'],
    ['SENTRY_DSN', 'on'],
    ['SENTRY_DSN', 'https://sentry.example.org/42'],
    ['SENTRY_DSN', 'https://key@sentry.example.org'],
    ['SENTRY_DSN', 'https://key@sentry.example.org/project'],
    ['SENTRY_DSN', 'https://key:secret@sentry.example.org/42'],
    ['SENTRY_DSN', 'ftp://key@sentry.example.org/42'],
  ])('refuses %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  it.each([
    ['https://example.org', 'https://example.org'],
    ['https://EXAMPLE.org:443/', 'https://example.org'],
    ['http://localhost:3000/synap', 'http://localhost:3000/synap'],
    ['https://example.org/apps/Synap-2.0_x~/', 'https://example.org/apps/Synap-2.0_x~'],
    ['https://example.org/synap//', 'https://example.org/synap'],
  ])('reads PUBLIC_URL=%s as %s', (given, publicUrl) => {
    expect(parseEnvironment({ PUBLIC_URL: given }).publicUrl).toBe(publicUrl);
  });

  describe('in production', () => {
    const files = ['.env.example', 'docker-compose.yml'].map((name) =>
      readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8').replace(
        /\$\{[A-Z0-9_]+:-(.*?)\}/g,
        '$1',
      ),
    );
    const examples = files.flatMap(
      (file) => file.match(/\b(?:postgres(?:ql)?|rediss?|smtps?):\/\/[^\s:@]*:[^\s:@]+@\S+/g) ?? [],
    );
    const nameOf = (address: string) =>
      address.startsWith('smtp')
        ? 'SMTP_URL'
        : address.startsWith('redis')
          ? 'REDIS_URL'
          : 'DATABASE_URL';

    it('refuses the password of every address in the example files, and says what to do', () => {
      expect(examples.map(nameOf)).toEqual(['DATABASE_URL', 'SMTP_URL', 'DATABASE_URL']);
      for (const address of examples) {
        const [fault = '', ...others] = faultsOf({ ...production, [nameOf(address)]: address });
        expect(others).toEqual([]);
        expect(fault).toMatch(
          new RegExp(`^${nameOf(address)}: .*set another password for that user of the service`),
        );
        expect(fault).not.toContain(address);
        expect(faultsOf({ [nameOf(address)]: address }), 'local').toEqual([]);
      }
    });

    it.each([
      'user:password',
      'synap:synap',
      'postgres:postgres',
      'app:changeme',
      'admin:admin',
      'app:123456',
    ])('refuses a database as %s', (pair) => {
      expect(
        faultsOf({ ...production, DATABASE_URL: `postgresql://${pair}@db.example.org/data` }),
      ).toEqual([expect.stringMatching(/^DATABASE_URL: contains a well-known password/)]);
    });

    it('takes a database with a password of its own, or none', () => {
      for (const pair of ['app:Vq7nT2xLm9wKc4', 'app'])
        expect(
          faultsOf({ ...production, DATABASE_URL: `postgresql://${pair}@db.example.org/data` }),
        ).toEqual([]);
    });

    it('rejects every example secret, also as the value of another secret', () => {
      const given = files.flatMap((file) =>
        [
          ...file.matchAll(
            /^\s*#?\s*[A-Z0-9_]*(?:SECRET|PASSWORD|TOKEN)[A-Z0-9_]*\s*[:=]\s*(\S+)\s*$/gm,
          ),
        ].map(([, value = '']) => value),
      );
      expect(given).toContain('synap-s3-secret');
      for (const name of ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET', 'ENCRYPTION_SECRET'])
        for (const value of given)
          expect(faultsOf({ ...production, [name]: value }), value).not.toEqual([]);
    });

    it('refuses to serve private procedures', () => {
      expect(faultsOf({ ...production, SYNAP_PRIVATE_API: 'on' })).toEqual([
        expect.stringMatching(/^SYNAP_PRIVATE_API: .*SYNAP_ENV=local/),
      ]);
      expect(parseEnvironment({ SYNAP_PRIVATE_API: 'on' }).privateApi).toBe(true);
      expect(parseEnvironment({}).privateApi).toBe(false);
    });

    it('refuses an example as the token of /metrics', () => {
      expect(faultsOf({ ...production, METRICS_TOKEN: 'change-me-please' })).toEqual([
        expect.stringMatching(/^METRICS_TOKEN: .*openssl rand/),
      ]);
    });
  });

  it.each([
    ['under 32 bytes', { ACCESS_TOKEN_SECRET: 'short' }],
    ['a known example', { ACCESS_TOKEN_SECRET: 'change-me-change-me-change-me-change-me' }],
    ['one for two purposes', { ACCESS_TOKEN_SECRET: production.REFRESH_TOKEN_SECRET }],
  ])('refuses secrets: %s', (_what, secrets) => {
    expect(faultsOf({ ...production, ...secrets })).toHaveLength(1);
  });

  describe('secrets in files', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'synap-secret-files-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    const fileOf = (content: string) => {
      const file = path.join(folder, randomUUID());
      writeFileSync(file, content);
      return file;
    };
    const { SYNAP_ENV, PUBLIC_URL } = production;
    const values = {
      ACCESS_TOKEN_SECRET: production.ACCESS_TOKEN_SECRET,
      REFRESH_TOKEN_SECRET: production.REFRESH_TOKEN_SECRET,
      ENCRYPTION_SECRET: production.ENCRYPTION_SECRET,
      DATABASE_URL: 'postgresql://data@db.example.org/data',
      DATABASE_DIRECT_URL: 'postgresql://data@direct.example.org/data',
      DATABASE_PASSWORD: 'Wq4Xs8Bn5 /?#%41@:ü',
      SMTP_URL: 'smtps://user:Kd7Pz2Qj6Ym9@mail.example.org',
      REDIS_URL: 'rediss://user:Kd7Pz2Qj6Ym9@redis.example.org',
      METRICS_TOKEN: 'Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg',
      SENTRY_DSN: 'https://0a1b2c@o1.ingest.sentry.io/42',
      SYNAP_ADMIN_PASSWORD: ' with spaces around ',
      BACKUP_PASSPHRASE: 'a passphrase for backups',
    };

    it('count as the variables themselves, without the newline at the end', () => {
      const inFiles = Object.entries(values).map(([name, value], index) => [
        `${name}_FILE`,
        fileOf(`${value}${['', '\n', '\r\n'][index % 3]}`),
      ]);
      const environment = parseEnvironment({
        SYNAP_ENV,
        PUBLIC_URL,
        ...Object.fromEntries(inFiles),
      });
      expect(environment).toEqual(parseEnvironment({ SYNAP_ENV, PUBLIC_URL, ...values }));
      expect(environment.admin.password).toBe(values.SYNAP_ADMIN_PASSWORD);
      for (const url of [environment.database.url, environment.database.directUrl])
        expect(decodeURIComponent(new URL(url ?? '').password)).toBe(values.DATABASE_PASSWORD);
    });

    it.each(Object.entries(values))(
      'that are missing, empty or given twice are faults that name %s_FILE',
      (name, value) => {
        const missing = path.join(folder, 'missing');
        const needsUrl = ['DATABASE_PASSWORD', 'DATABASE_DIRECT_URL'].includes(name);
        const base: Record<string, string> = needsUrl ? { DATABASE_URL: values.DATABASE_URL } : {};
        const faults = (variables: Record<string, string>) => faultsOf({ ...base, ...variables });
        expect(faults({ [`${name}_FILE`]: missing })).toEqual([
          expect.stringMatching(`^${name}_FILE: ${missing} cannot be read`),
        ]);
        expect(faults({ [`${name}_FILE`]: fileOf('\n') })).toEqual([
          expect.stringMatching(`^${name}_FILE: .* is empty$`),
        ]);
        expect(faults({ [`${name}_FILE`]: missing, [name]: value })).toEqual([
          `${name}_FILE: is set together with ${name}: remove one of them`,
        ]);
      },
    );

    it('a password needs an address without one, and is judged in it', () => {
      expect(faultsOf({ DATABASE_PASSWORD: 'x' })).toEqual([
        expect.stringContaining('without DATABASE_URL'),
      ]);
      const url = 'postgresql://data:other@db.example.org/data';
      expect(faultsOf({ DATABASE_URL: url, DATABASE_PASSWORD: 'x' })).toEqual([
        expect.stringContaining('holds a password already'),
      ]);
      expect(
        faultsOf({
          ...production,
          DATABASE_URL: values.DATABASE_URL,
          DATABASE_PASSWORD: 'postgres',
        }),
      ).toEqual([expect.stringContaining('a well-known password')]);
    });
  });
});

describe('the container', () => {
  const read = (name: string) =>
    readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');

  it('gets every variable of .env, not a choice of them', () => {
    expect(read('docker-compose.yml')).toMatch(/env_file:\n\s+- path: \.env\n\s+required: false\n/);
  });

  it.each(['Dockerfile', 'docker-compose.yml'])('is asked for its health at PORT by %s', (name) => {
    const [, port] = /fetch\('http:\/\/127\.0\.0\.1:(.*?)\/readyz'\)/.exec(read(name)) ?? [];
    expect(port).toBe("' + process.env.PORT + '");
  });
});
