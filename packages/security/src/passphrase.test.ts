import { expect, test } from 'vitest';
import { passphraseKey } from './passphrase.js';

test('the same passphrase and parameters give the same keys, others give others', async () => {
  const first = await passphraseKey('correct horse battery');
  const again = await passphraseKey('correct horse battery', first.parameters);
  const other = await passphraseKey('correct horse batterz', first.parameters);
  const sealed = first.box.seal('text', 'context');
  expect(again.box.open(sealed, 'context')).toBe('text');
  expect(() => other.box.open(sealed, 'context')).toThrow();
  expect(again.mac('a')).toBe(first.mac('a'));
  expect([other.mac('a'), again.mac('b')]).not.toContain(first.mac('a'));
  expect((await passphraseKey('correct horse battery')).parameters.salt).not.toBe(
    first.parameters.salt,
  );
});

test('the same characters in another composition are the same passphrase', async () => {
  const first = await passphraseKey('ma\u00f1ana ma\u00f1ana');
  const again = await passphraseKey('man\u0303ana man\u0303ana', first.parameters);
  expect(again.mac('a')).toBe(first.mac('a'));
});
