import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonPasswords } from './common-passwords.js';
import { checkPassword, passwordLength } from './password-policy.js';

const context = { productName: 'Synap', email: 'margarete.muster@example.org' };
const codes = (password: string) => checkPassword(password, context).map(({ code }) => code);

test.each([
  ['eleven char', 'too_short'],
  ['🙂'.repeat(11), 'too_short'],
  ['x'.repeat(129), 'too_long'],
  ['qwerty123456', 'too_common'],
  ['QWERTY123456', 'too_common'],
  ['ｑｗｅｒｔｙ１２３４５６', 'too_common'],
  ['password1234', 'too_common'],
  ['1qaz2wsx3edc', 'too_common'],
  ['leavemealone', 'too_common'],
  ['gfhjkmgfhjkm', 'too_common'],
  ['hunter2hunter2', 'too_common'],
  ['aaaaaaaaaaaaaaaa', 'too_common'],
  ['abcabcabcabcab', 'too_common'],
  ['abcdefghijklm', 'too_common'],
  ['0987654321098', 'too_common'],
  ['counterstrike!1', 'too_common'],
  ['Synap-2026-!!', 'too_guessable'],
  ['synapsynapsynap', 'too_guessable'],
  ['synap12345678', 'too_guessable'],
  ['margarete.muster1', 'too_guessable'],
  ['margarete.muster@example.org', 'too_guessable'],
])('"%s" is %s', (password, code) => {
  expect(codes(password)).toEqual([code]);
});

test.each([
  'correct horse battery staple',
  'lauter kleine buchstaben',
  'synap keeps my dashboards',
  '🙂🙃🐢🐇🌲🌳🌴🌵🌷🌸🌹🌺',
  'Gx7#pQ2!vL9z',
  '839104726153',
  'пароль из многих слов',
])('"%s" is accepted: there are no rules about kinds of characters', (password) => {
  expect(codes(password)).toEqual([]);
});

test('more than 3,000 common passwords that are long enough are refused, in any case', () => {
  const long = [...commonPasswords()].filter(
    (text) => Array.from(text).length >= passwordLength.min,
  );
  expect(long.length).toBeGreaterThan(3000);
  const unrelated = { productName: 'Else' };
  for (const text of long) {
    for (const spelling of [text, text.toUpperCase()])
      expect(checkPassword(spelling, unrelated), text).toMatchObject([{ code: 'too_common' }]);
  }
});

test('the bounds are 12 and 128 code points', () => {
  const text = Array.from({ length: 129 }, (_, index) =>
    String.fromCodePoint(0x1f300 + ((index * 37) % 200)),
  ).join('');
  const first = (length: number) => Array.from(text).slice(0, length).join('');
  expect([11, 12, 128, 129].map((length) => codes(first(length)))).toEqual([
    ['too_short'],
    [],
    [],
    ['too_long'],
  ]);
});

test('any text is judged, and no message repeats it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (password) => {
      const faults = checkPassword(password, context);
      const length = Array.from(password).length;
      if (length < passwordLength.min || length > passwordLength.max)
        expect(faults).toHaveLength(1);
      if (length > 6) for (const { message } of faults) expect(message).not.toContain(password);
    }),
  );
});

test('of a text of any length there is one fault', () => {
  expect(checkPassword('a'.repeat(1_000_000), context)).toHaveLength(1);
});
