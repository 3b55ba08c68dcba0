import { expect, test } from 'vitest';
import { makeSecret } from './secrets.js';
import { hasKnownPassword } from './service-address.js';

test.each([
  'postgresql://user:password@localhost:5432/synap',
  'postgresql://synap:synap@postgres:5432/synap',
  'postgres://postgres:postgres@db/postgres',
  'postgresql://app:POSTGRES@db/data',
  'postgresql://warehouse-9:warehouse-9@db/data',
  'postgresql://app:stock-data@db/stock-data',
  'postgresql://app:p%61ssword1@db/data',
  'postgresql://app:change-me-please@db/data',
  'postgresql://app@db/data?password=secret',
  'postgresql://app:aaaaaaaaaaaaaaaa@db/data',
  'redis://:redis@cache:6379',
  'smtp://user:password@host:587',
])('%s holds a password that is tried first', (address) => {
  expect(hasKnownPassword(address)).toBe(true);
});

test.each([
  'postgresql://app@db/data',
  'postgresql:///data?host=/run/postgresql',
  'redis://cache:6379',
  'postgresql://app:Vq7%2FnT2x%2BLm9w@db/data',
  'postgresql://app:100%25-of-Rn8kWz4T@db/data',
  'postgresql://app:Rn8%kWz4T-uY3@db/data',
])('%s holds none', (address) => {
  expect(hasKnownPassword(address)).toBe(false);
});

test('a made secret is never taken for a known one', () => {
  for (let i = 0; i < 1000; i++)
    expect(hasKnownPassword(`postgresql://app:${makeSecret()}@db/data`)).toBe(false);
});
