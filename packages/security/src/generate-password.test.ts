import { expect, test } from 'vitest';
import { generatePassword } from './generate-password.js';
import { checkPassword } from './password-policy.js';

test('made passwords are easy to copy, pass the policy and never repeat', () => {
  const made = Array.from({ length: 1000 }, generatePassword);
  for (const password of made) {
    expect(password).toMatch(/^[a-hj-km-np-z2-9]{5}(-[a-hj-km-np-z2-9]{5}){3}$/);
    expect(checkPassword(password, { productName: 'Synap' })).toEqual([]);
  }
  expect(new Set(made).size).toBe(1000);
});
