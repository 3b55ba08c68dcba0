import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { dictionary } from '@zxcvbn-ts/language-common';

const file = new URL('../data/common-passwords.txt.gz', import.meta.url);

let known: ReadonlySet<string> | undefined;

/**
 * Returns the most common passwords in lower case. The policy needs those of twelve characters or
 * more (ASVS 5.0, 6.2.4).
 */
export function commonPasswords(): ReadonlySet<string> {
  // Read on first use (about 2 MB): most processes never check a password.
  known ??= new Set([
    ...dictionary['passwords-common'],
    ...gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n'),
  ]);
  return known;
}

/** Characters that people append to a common password to satisfy a rule. */
const decoration = /[^\p{L}]{1,4}$/u;

/** Returns the shortest part that yields the whole text when repeated ("abcabca" → "abc"). */
function repeatedPart(text: string): string {
  for (let length = 1; length < text.length; length++) {
    const part = text.slice(0, length);
    if (part.repeat(Math.ceil(text.length / length)).startsWith(text)) return part;
  }
  return text;
}

/**
 * True for "abcdefghijkl" or "987654321098": each character follows the one before. 9 and 0 are
 * neighbours.
 */
function isRun(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const along = (step: number) => steps.every((each) => each === step || each === -9 * step);
  return along(1) || along(-1);
}

/**
 * True for passwords that attackers try first (NIST SP 800-63B, blocklist): listed, repeated,
 * sequential, or listed with up to four appended characters.
 */
export function isCommonPassword(password: string): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  const part = repeatedPart(text);
  const common = commonPasswords();
  return (
    common.has(text) ||
    part.length <= 4 ||
    (part !== text && common.has(part)) ||
    isRun(text) ||
    common.has(text.replace(decoration, ''))
  );
}
