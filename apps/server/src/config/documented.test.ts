import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames } from './env.js';

const root = path.join(import.meta.dirname, '../../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** `<NAME>_FILE` is explained once for all secrets. */
const names = settingNames.filter((name) => !name.endsWith('_FILE'));

describe('every setting', () => {
  it.each(names)('%s is in the README and in .env.example', (name) => {
    const word = new RegExp(`\\b${name}\\b`);
    expect(word.test(read('README.md')), 'README.md').toBe(true);
    expect(word.test(read('.env.example')), '.env.example').toBe(true);
  });
});
