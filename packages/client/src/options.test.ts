import { expect, test } from 'vitest';
import { createClient, memoryStorage } from './index.js';

test.each([
  ['no address', ''],
  ['a relative address', '/synap'],
  ['another scheme', 'ftp://localhost:3000'],
  ['a query', 'http://localhost:3000/?a=b'],
  ['credentials in the address', 'http://ada:secret@localhost:3000'],
])('createClient rejects %s and says what to do', (_case, url) => {
  expect(() => createClient({ url })).toThrow(TypeError);
  expect(() => createClient({ url })).toThrow(/`url` must/);
});

test('credentials in the address are not repeated in the message', () => {
  expect(() => createClient({ url: 'http://ada:secret@localhost:3000' })).not.toThrow(/secret/);
});

test('contradictory and invalid options are rejected', () => {
  const url = 'http://localhost:3000';
  expect(() =>
    createClient({ url, auth: { refreshToken: 'a' }, storage: memoryStorage() }),
  ).toThrow(/not both/);
  expect(() => createClient({ url, session: 'cookie', storage: memoryStorage() })).toThrow(
    /the cookie is the session/,
  );
  expect(() => createClient({ url, retries: -1 })).toThrow(/retries/);
  expect(() => createClient({ url, retries: 1.5 })).toThrow(/retries/);
});

test.each([
  ['http://localhost:3000', 'http://localhost:3000/trpc/system.health?batch=1'],
  ['http://localhost:3000/', 'http://localhost:3000/trpc/system.health?batch=1'],
  ['https://example.org/synap/', 'https://example.org/synap/trpc/system.health?batch=1'],
])('calls of a client for %s go to its RPC path', async (url, expected) => {
  const asked: string[] = [];
  const client = createClient({
    url: new URL(url),
    retries: 0,
    fetch: async (address) => {
      asked.push(address);
      throw new TypeError('no network in this test');
    },
  });
  const base = expected.slice(0, expected.indexOf('/trpc'));
  const message = expect.stringContaining(`at ${base} cannot be reached`);
  await expect(client.system.health.query()).rejects.toMatchObject({ code: 'network', message });
  expect(asked[0]?.replace(/&input=.*/, '')).toBe(expected);
});
