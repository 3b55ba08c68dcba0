import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRefreshTokens, type RefreshTokenParts } from './refresh-tokens.js';

const key = { kid: 'a', secret: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu' };
const newKey = { kid: 'b', secret: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg' };
const tokens = createRefreshTokens({ keys: [key] });

const anySalt = fc.uint8Array({ minLength: 16, maxLength: 16 });
const anyCounter = fc.nat(2_147_483_647);
const anySession = fc.uuid();

function parsed(token: string): RefreshTokenParts {
  const parts = tokens.parse(token);
  if (!parts) throw new Error(`Does not parse: ${token}`);
  return parts;
}

test('what is issued parses and verifies, and is the same each time and on each server', () => {
  fc.assert(
    fc.property(anySession, anyCounter, anySalt, (sid, counter, salt) => {
      const row = { salt, kid: 'a' };
      const token = tokens.issue({ sid, counter, ...row });
      expect(createRefreshTokens({ keys: [newKey, key] }).issue({ sid, counter, ...row })).toBe(
        token,
      );
      expect(parsed(token)).toMatchObject({ sid, counter });
      expect(tokens.verify(parsed(token), { ...row, counter })).toBe(true);
    }),
  );
});

test('a token is good for its own session, counter, salt and secret only', () => {
  const row = { salt: randomBytes(16), kid: 'a', counter: 3 };
  const parts = parsed(tokens.issue({ sid: randomUUID(), ...row }));
  expect(tokens.verify({ ...parts, sid: randomUUID() }, row)).toBe(false);
  expect(tokens.verify({ ...parts, counter: 4 }, row)).toBe(false);
  expect(tokens.verify(parts, { ...row, salt: randomBytes(16) })).toBe(false);
  expect(
    createRefreshTokens({ keys: [{ kid: 'a', secret: newKey.secret }] }).verify(parts, row),
  ).toBe(false);
});

test('a changed character in the signature is noticed, also in the bits that base64url ignores', () => {
  const row = { salt: randomBytes(16), kid: 'a', counter: 0 };
  const token = tokens.issue({ sid: randomUUID(), ...row });
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let position = token.length - 43; position < token.length; position++) {
    for (const character of alphabet) {
      if (character === token[position]) continue;
      expect(
        tokens.verify(
          parsed(token.slice(0, position) + character + token.slice(position + 1)),
          row,
        ),
      ).toBe(false);
    }
  }
});

test('new sessions use the first secret; those of the old one go on until it is dropped', () => {
  const row = { salt: randomBytes(16), kid: 'a', counter: 0 };
  const parts = parsed(tokens.issue({ sid: randomUUID(), ...row }));
  const rotated = createRefreshTokens({ keys: [newKey, key] });
  expect(rotated.currentKid).toBe('b');
  expect(rotated.verify(parts, row)).toBe(true);
  const dropped = createRefreshTokens({ keys: [newKey] });
  expect(dropped.verify(parts, row)).toBe(false);
  expect(() => dropped.issue({ ...row, sid: parts.sid })).toThrow('named a');
});

test('a token before the one in force is known under any listed secret, the one in force under its own only', () => {
  const row = { salt: randomBytes(16), kid: 'a', counter: 4 };
  const parts = parsed(tokens.issue({ sid: randomUUID(), ...row }));
  const rotated = createRefreshTokens({ keys: [newKey, key] });
  expect(rotated.verify(parts, { ...row, kid: 'b', counter: 5 })).toBe(true);
  expect(rotated.verify(parts, { ...row, kid: 'b' })).toBe(false);
  expect(rotated.verify(parts, { ...row, kid: 'b', counter: 3 })).toBe(false);
  expect(
    createRefreshTokens({ keys: [newKey] }).verify(parts, { ...row, kid: 'b', counter: 5 }),
  ).toBe(false);
  // Nor if the server lacks the current secret: it could not issue the next token.
  expect(tokens.verify(parts, { ...row, kid: 'b', counter: 5 })).toBe(false);
});

const mac = 'A'.repeat(43);
const sid = '0190a6f0-0000-7000-8000-000000000001';
test.each([
  '',
  'x',
  `${sid}.0`,
  `${sid}..${mac}`,
  `${sid}.-1.${mac}`,
  `${sid}.01.${mac}`,
  `${sid}.1e3.${mac}`,
  `${sid}.2147483648.${mac}`,
  `${sid}.0.${mac}A`,
  `${sid}.0.${mac.slice(1)}`,
  `${sid}.0.${mac}\n`,
  ` ${sid}.0.${mac}`,
  `${sid.toUpperCase().replace('A', 'A')}.0.${mac}`,
  `${sid.replaceAll('-', '')}.0.${mac}`,
])('"%s" is no refresh token', (text) => {
  expect(tokens.parse(text)).toBeNull();
});

test('any text at all parses or is refused, without an error', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => tokens.parse(text) === null));
});
