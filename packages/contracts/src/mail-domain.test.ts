import { expect, it } from 'vitest';
import { loginSchema, tokenRequestSchema } from './auth.js';
import { emailSchema } from './users.js';

it.each([
  ['Ada@Example.org ', 'ada@example.org'],
  ['ada@müller.example', 'ada@xn--mller-kva.example'],
  ['ada@MÜLLER.example', 'ada@xn--mller-kva.example'],
  ['ada@xn--mller-kva.example', 'ada@xn--mller-kva.example'],
  ['ada@例え.jp', 'ada@xn--r8jz45g.jp'],
])('takes %s as %s', (given, stored) => {
  expect(emailSchema.parse(given)).toBe(stored);
  expect(loginSchema.parse({ email: given, password: 'x' }).email, 'at a sign-in').toBe(stored);
  expect(tokenRequestSchema.parse({ username: given, password: 'x' }).username, 'in a form').toBe(stored);
});

it.each([
  'ada@',
  'ada@ü/x.example',
  'ada@ü:80.example',
  'ada@a@ü.example',
  'ada@%C3%BC.ü.example',
  `ada@${'ü'.repeat(300)}.example`,
  'ü@example.org',
  'ada@ü',
])('refuses %s', (text) => {
  expect(emailSchema.safeParse(text).success).toBe(false);
});
