import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateApiKey, isSecretOf, looksLikeApiKey, parseApiKey } from './api-keys.js';

test('a made key tells its row, and its secret is the one whose hash is stored', () => {
  // Enough to include secrets with "_" and "-".
  for (let count = 0; count < 200; count += 1) {
    const id = randomUUID();
    const { key, secretHash } = generateApiKey(id);
    expect(looksLikeApiKey(key)).toBe(true);
    const parts = parseApiKey(key);
    expect(parts?.id).toBe(id);
    expect(isSecretOf(secretHash, parts?.secret ?? '')).toBe(true);
    expect(Buffer.from(secretHash).includes(parts?.secret ?? '')).toBe(false);
  }
});

test('another secret is refused, and so is a hash of another length', () => {
  const { secretHash } = generateApiKey(randomUUID());
  const { secret = '' } = parseApiKey(generateApiKey(randomUUID()).key) ?? {};
  expect(isSecretOf(secretHash, secret)).toBe(false);
  expect(isSecretOf(secretHash.subarray(1), secret)).toBe(false);
  expect(isSecretOf(new Uint8Array(), secret)).toBe(false);
});

test('an incomplete key is rejected', () => {
  const { key } = generateApiKey(randomUUID());
  const near = [
    '',
    'syn_',
    'syn_a_b',
    key.slice(1),
    key.slice(0, -1),
    `${key}A`,
    `${key}\n`,
    `x${key}`,
    ` ${key}`,
    key.replace('syn_', 'SYN_'),
    key.replace(/.$/, '='),
    key.replace(/.$/, '.'),
    `${key.slice(0, 4)}G${key.slice(5)}`,
    key.replace(/^syn_(.{8})/, 'syn_$1-'),
  ];
  for (const text of near) expect(parseApiKey(text), text).toBeNull();
});
