import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateToken, hashToken } from './opaque-tokens.js';

test('a token has 256 bits, fits into an address as it is, and is unlike any other', () => {
  const tokens = Array.from({ length: 1000 }, generateToken);
  for (const token of tokens) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  }
  expect(new Set(tokens).size).toBe(1000);
});

test('what is stored of a token is its SHA-256, the same each time, and not the token', () => {
  const token = generateToken();
  expect(Buffer.from(hashToken(token))).toEqual(
    createHash('sha256').update(token, 'utf8').digest(),
  );
  expect(hashToken(token)).toEqual(hashToken(token));
  expect(Buffer.from(hashToken(token)).includes(token)).toBe(false);
  // The text of FIPS 180-2, appendix B.1.
  expect(Buffer.from(hashToken('abc')).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('a changed character anywhere gives another hash', () => {
  const token = generateToken();
  const stored = Buffer.from(hashToken(token));
  for (let position = 0; position < token.length; position++) {
    const changed = `${token.slice(0, position)}${token[position] === 'A' ? 'B' : 'A'}${token.slice(position + 1)}`;
    expect(Buffer.from(hashToken(changed)).equals(stored), `character ${position}`).toBe(false);
  }
});
