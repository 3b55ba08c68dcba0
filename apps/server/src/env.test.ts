import { describe, expect, it } from 'vitest';
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
      signup: 'closed',
      shutdownDelay: 0,
    });
    expect(parseEnvironment({ PORT: '', SYNAP_ENV: ' ' })).toMatchObject({ environment: 'local', port: 3000 });
  });

  it('takes a Redis with or without TLS, and none', () => {
    for (const url of ['redis://localhost:6379', 'rediss://user:word@redis.example.org:6380/1'])
      expect(parseEnvironment({ REDIS_URL: url }).redisUrl).toBe(url);
    expect(parseEnvironment({ REDIS_URL: '' }).redisUrl).toBeUndefined();
  });

  it('in production is strict, open to the network and without documents', () => {
    expect(parseEnvironment(production)).toMatchObject({ host: '0.0.0.0', docs: false, corsOrigins: [], shutdownDelay: 5000 });
    expect(faultsOf({ SYNAP_ENV: 'production' }).map((fault) => fault.split(':')[0])).toEqual([
      'PUBLIC_URL',
      'ACCESS_TOKEN_SECRET',
      'REFRESH_TOKEN_SECRET',
      'ENCRYPTION_SECRET',
    ]);
  });

  it.each([
    ['PORT', '80x'],
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
    ['REDIS_URL', 'localhost:6379'],
    ['SIGNUP', 'maybe'],
    ['METRICS_TOKEN', 'short'],
  ])('refuses %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  it.each([
    ['under 32 bytes', { ACCESS_TOKEN_SECRET: 'short' }],
    ['a known example', { ACCESS_TOKEN_SECRET: 'change-me-change-me-change-me-change-me' }],
    ['one for two purposes', { ACCESS_TOKEN_SECRET: production.REFRESH_TOKEN_SECRET }],
  ])('refuses secrets: %s', (_what, secrets) => {
    expect(faultsOf({ ...production, ...secrets })).toHaveLength(1);
  });
});
