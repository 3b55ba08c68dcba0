import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { createAccessTokens } from './access-tokens.js';

const start = Date.UTC(2026, 0, 1);
const key = { kid: 'a', secret: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu' };
const oldKey = { kid: 'b', secret: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg' };
const claims = {
  sub: '0190a6f0-0000-7000-8000-000000000001',
  sid: '0190a6f0-0000-7000-8000-000000000002',
};

function tokensAt(seconds: number, keys: Parameters<typeof createAccessTokens>[0]['keys'] = [key]) {
  return createAccessTokens({
    keys,
    issuer: 'synap',
    audience: 'synap-api',
    clock: { now: () => start + seconds * 1000 },
  });
}

/** Builds a token manually, so that every part can be invalid. */
function forge(change: { header?: object; payload?: object; secret?: string; digest?: string }) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = start / 1000;
  const header = { alg: 'HS256', typ: 'at+jwt', kid: 'a', ...change.header };
  const payload = {
    ...claims,
    jti: 'x',
    iat,
    exp: iat + 600,
    iss: 'synap',
    aud: 'synap-api',
    ...change.payload,
  };
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac(change.digest ?? 'sha256', change.secret ?? key.secret)
    .update(text)
    .digest('base64url')}`;
}

test('a signed token tells who it is for, lasts ten minutes and is unlike any other', () => {
  const { token, expiresIn } = tokensAt(0).sign(claims);
  expect(tokensAt(0).verify(token)).toEqual(claims);
  expect(expiresIn).toBe(600);
  const decoded = jwt.decode(token, { complete: true });
  expect(decoded?.header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'a' });
  expect(decoded?.payload).toMatchObject({
    ...claims,
    iss: 'synap',
    aud: 'synap-api',
    exp: start / 1000 + 600,
  });
  expect(tokensAt(0).sign(claims).token).not.toBe(token);
});

test('a token made by hand with everything right is accepted, so each case below fails for its own reason', () => {
  expect(tokensAt(0).verify(forge({}))).toEqual(claims);
  expect(tokensAt(0).verify(forge({ header: { extra: 1 } }))).toEqual(claims);
});

test.each([
  ['no algorithm', `${forge({ header: { alg: 'none' } }).replace(/[^.]*$/, '')}`],
  ['no algorithm, but a signature', forge({ header: { alg: 'none' } })],
  ['another algorithm', forge({ header: { alg: 'HS512' }, digest: 'sha512' })],
  ['an asymmetric algorithm', forge({ header: { alg: 'RS256' } })],
  ['another type', forge({ header: { typ: 'JWT' } })],
  ['no type', forge({ header: { typ: undefined } })],
  ['another audience', forge({ payload: { aud: 'other' } })],
  ['no audience', forge({ payload: { aud: undefined } })],
  ['another issuer', forge({ payload: { iss: 'other' } })],
  ['no issuer', forge({ payload: { iss: undefined } })],
  ['an unknown key id', forge({ header: { kid: 'z' } })],
  ['no key id', forge({ header: { kid: undefined } })],
  ['a key id that is a property of every object', forge({ header: { kid: '__proto__' } })],
  ['another key', forge({ secret: oldKey.secret })],
  ['an expiry in the past', forge({ payload: { exp: start / 1000 - 6 } })],
  ['no expiry', forge({ payload: { exp: undefined } })],
  ['a start in the future', forge({ payload: { nbf: start / 1000 + 60 } })],
  ['no subject', forge({ payload: { sub: undefined } })],
  ['a subject that is no text', forge({ payload: { sub: { startsWith: '' } } })],
  ['no session', forge({ payload: { sid: undefined } })],
  [
    'a payload that is no object',
    forge({}).replace(/\.[^.]*\./, `.${Buffer.from('"x"').toString('base64url')}.`),
  ],
  [
    'a payload that is no JSON',
    forge({}).replace(/\.[^.]*\./, `.${Buffer.from('{').toString('base64url')}.`),
  ],
  ['no signature', forge({}).replace(/[^.]*$/, '')],
  ['nothing', ''],
  ['two dots', '..'],
  ['a refresh token', `${claims.sid}.0.${'A'.repeat(43)}`],
  ['a great length', 'a'.repeat(1_000_000)],
])('a token with %s is refused', (_, token) => {
  expect(tokensAt(0).verify(token)).toBeNull();
});

test('a token expires after ten minutes and five seconds of tolerance', () => {
  const { token } = tokensAt(0).sign(claims);
  expect(tokensAt(604).verify(token)).toEqual(claims);
  expect(tokensAt(605).verify(token)).toBeNull();
});

test('a cached token expires in time, and validates no other token', () => {
  let seconds = 0;
  const clock = { now: () => start + seconds * 1000 };
  const tokens = createAccessTokens({ keys: [key], issuer: 'synap', audience: 'synap-api', clock });
  const { token } = tokens.sign(claims);
  for (seconds of [0, 1, 604]) expect(tokens.verify(token)).toEqual(claims);
  for (const other of [`${token.slice(0, -6)}AAAAAA`, `${token} `, ` ${token}`, token.slice(0, -1)])
    expect(tokens.verify(other)).toBeNull();
  for (seconds of [605, 606, 90_000]) expect(tokens.verify(token)).toBeNull();
  seconds = 0;
  const { token: another } = tokens.sign({ ...claims, sid: 'another' });
  expect([tokens.verify(another), tokens.verify(token)]).toEqual([
    { ...claims, sid: 'another' },
    claims,
  ]);
});

test('ten thousand tokens are cached, and all others are verified too', () => {
  const tokens = tokensAt(0);
  const first = tokens.sign(claims).token;
  for (let count = 0; count <= 10_000; count++) {
    const { token } = tokens.sign(claims);
    if (tokens.verify(token) === null) expect.unreachable();
  }
  expect(tokens.verify(first)).toEqual(claims);
});

test('a changed character anywhere is noticed', () => {
  const tokens = tokensAt(0);
  const { token } = tokens.sign(claims);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
  fc.assert(
    // Exclude the last character, which carries two bits that base64url ignores.
    fc.property(fc.nat(token.length - 2), fc.constantFrom(...alphabet), (position, character) => {
      fc.pre(token[position] !== character);
      expect(
        tokens.verify(token.slice(0, position) + character + token.slice(position + 1)),
      ).toBeNull();
    }),
  );
});

test('any text at all is refused without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => tokensAt(0).verify(text) === null),
  );
});

test('after a rotation the new key signs, tokens of the old one stay good until it is dropped', () => {
  const { token } = tokensAt(0, [oldKey]).sign(claims);
  const rotated = tokensAt(1, [key, oldKey]);
  expect(rotated.verify(token)).toEqual(claims);
  expect(jwt.decode(rotated.sign(claims).token, { complete: true })?.header.kid).toBe('a');
  expect(tokensAt(2, [key]).verify(token)).toBeNull();
});
