import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSecretBox } from './secret-box.js';

const key = { kid: 'a', secret: 'k3Zq-9fVt2mXw8Ls4RbYh7NdQp1Jc6Gu' };
const newKey = { kid: 'b', secret: 'Tn5Wx0Ev8Hs3Kd7Pz2Qj6Ym9Bc4Lf1Rg' };
const box = createSecretBox({ keys: [key] });
const text = 'canary: ada@example.org';

const anyText = fc.string({ unit: 'grapheme' });

test('what is sealed opens to the same text, in its context, with another box of the same key', () => {
  fc.assert(
    fc.property(anyText, anyText, (content, context) => {
      const sealed = box.seal(content, context);
      expect(sealed.keyId).toBe('a');
      expect(createSecretBox({ keys: [key] }).open(sealed, context)).toBe(content);
    }),
  );
});

test('a sealed text shows nothing of the text, and no two are alike', () => {
  const sealings = Array.from({ length: 200 }, () => Buffer.from(box.seal(text, 'mail 1').bytes));
  for (const bytes of sealings) expect(bytes.includes('canary')).toBe(false);
  expect(new Set(sealings.map((bytes) => bytes.toString('hex'))).size).toBe(200);
  expect(new Set(sealings.map((bytes) => bytes.toString('hex', 0, 12))).size, 'nonces').toBe(200);
});

test('a sealed text opens in its own context only', () => {
  const sealed = box.seal(text, 'mail 1');
  for (const other of ['mail 2', 'mail 1 ', 'mail', 'Mail 1', '', 'module 1']) {
    expect(() => box.open(sealed, other), other).toThrow();
  }
});

test('each single bit that is turned over is noticed: in nonce, tag and text', () => {
  const { keyId, bytes } = box.seal(text, 'mail 1');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => box.open({ keyId, bytes: changed }, 'mail 1'), `bit ${bit}`).toThrow();
  }
});

test('a sealed text that was cut short or made longer is refused', () => {
  const { keyId, bytes } = box.seal(text, 'mail 1');
  for (let length = 0; length < bytes.length; length++) {
    expect(
      () => box.open({ keyId, bytes: bytes.slice(0, length) }, 'mail 1'),
      `${length} bytes`,
    ).toThrow();
  }
  expect(() => box.open({ keyId, bytes: Uint8Array.from([...bytes, 0]) }, 'mail 1')).toThrow();
});

test('another key of the same name does not open, nor does a key of the list that did not seal', () => {
  const sealed = box.seal(text, 'mail 1');
  expect(() =>
    createSecretBox({ keys: [{ kid: 'a', secret: newKey.secret }] }).open(sealed, 'mail 1'),
  ).toThrow();
  expect(() =>
    createSecretBox({ keys: [newKey, key] }).open({ ...sealed, keyId: 'b' }, 'mail 1'),
  ).toThrow();
});

test('a text whose key is gone says which key is missing and what to do', () => {
  const sealed = box.seal(text, 'mail 1');
  expect(() => createSecretBox({ keys: [newKey] }).open(sealed, 'mail 1')).toThrow(
    /no encryption key named a: add it after the current key/,
  );
});

test('no refusal tells the text or the key', () => {
  const sealed = box.seal(text, 'mail 1');
  const refusals = [
    () => createSecretBox({ keys: [newKey] }).open(sealed, 'mail 1'),
    () => box.open(sealed, 'mail 2'),
    () => box.open({ keyId: 'a', bytes: sealed.bytes.slice(0, 5) }, 'mail 1'),
  ];
  for (const refusal of refusals) {
    expect(refusal).toThrow();
    expect(refusal).not.toThrow(new RegExp(`canary|${key.secret}|${newKey.secret}`));
  }
});

test('after a rotation the first key seals, and what the old one sealed opens until it is dropped', () => {
  const old = box.seal(text, 'mail 1');
  const rotated = createSecretBox({ keys: [newKey, key] });
  expect(rotated.currentKeyId).toBe('b');
  expect(rotated.open(old, 'mail 1')).toBe(text);
  const fresh = rotated.seal(text, 'mail 1');
  expect(fresh.keyId).toBe('b');
  const dropped = createSecretBox({ keys: [newKey] });
  expect(dropped.open(fresh, 'mail 1')).toBe(text);
  expect(() => dropped.open(old, 'mail 1')).toThrow('named a');
});
