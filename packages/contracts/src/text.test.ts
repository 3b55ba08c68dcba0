import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lineSchema, textSchema } from './text.js';

describe('text', () => {
  it.each(['', 'plain', 'two\nlines', '𝒳'.repeat(10)])('takes %j', (text) => {
    expect(textSchema(0, 10).safeParse(text).success).toBe(true);
  });

  it.each(['x'.repeat(11), '𝒳'.repeat(11), 'a\u0000b', '\ud800', 'a\udfffb'])(
    'refuses %j',
    (text) => {
      expect(textSchema(0, 10).safeParse(text).success).toBe(false);
    },
  );

  it('counts characters like its JSON Schema', () => {
    expect(z.toJSONSchema(lineSchema(1, 100))).toMatchObject({
      type: 'string',
      minLength: 1,
      maxLength: 100,
    });
  });
});

describe('a line', () => {
  it('is trimmed and must be visible', () => {
    expect(lineSchema(1, 5).parse('  ab ')).toBe('ab');
    const unseen = ['', '   ', '\u200b', '\u2060\ufeff', '\u3164', '\u00ad', '\u2800 '];
    for (const text of [...unseen, 'a\nb', 'a\u007f', 'abcdef'])
      expect(lineSchema(1, 5).safeParse(text).success, JSON.stringify(text)).toBe(false);
  });

  it.each(['a\u2028b', 'a\u2029b', 'a\u0085b', 'a\u202eb', '\u2066ab', 'a\u200fb'])(
    'refuses %j',
    (text) => {
      expect(lineSchema(1, 5).safeParse(text).success).toBe(false);
    },
  );

  it.each(['é', '👩‍💻', 'שלום', '日本', 'a‌b'])('takes %j', (text) => {
    expect(lineSchema(1, 5).safeParse(text).success).toBe(true);
  });
});
