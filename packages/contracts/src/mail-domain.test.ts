import { expect, it } from 'vitest';
import { z } from 'zod';
import { loginSchema, tokenRequestSchema } from './auth/auth.schemas.js';
import * as contracts from './index.js';
import { addressFieldsOf, emailSchema, hasLocalDomain } from './mail-address.js';

it.each([
  ['Ada@Example.org ', 'ada@example.org'],
  ['ada@müller.example', 'ada@xn--mller-kva.example'],
  ['ada@MÜLLER.example', 'ada@xn--mller-kva.example'],
  ['ada@xn--mller-kva.example', 'ada@xn--mller-kva.example'],
  ['ada@例え.jp', 'ada@xn--r8jz45g.jp'],
  ['Admin@LocalHost', 'admin@localhost'],
])('takes %s as %s', (given, stored) => {
  expect(emailSchema.parse(given)).toBe(stored);
  expect(loginSchema.parse({ email: given, password: 'x' }).email, 'at a sign-in').toBe(stored);
  expect(tokenRequestSchema.parse({ username: given, password: 'x' }).username, 'in a form').toBe(
    stored,
  );
});

it.each([
  'ada@',
  'ada@ü/x.example',
  'ada@ü:80.example',
  'ada@a@ü.example',
  'ada@%C3%BC.ü.example',
  `ada@${'ü'.repeat(300)}.example`,
  'ü@example.org',
  'ada@1',
  'ada@-host',
])('refuses %s', (text) => {
  expect(emailSchema.safeParse(text).success).toBe(false);
});

it.each([
  ['admin@localhost', true],
  ['admin@example.org', false],
  ['a.b@host', true],
])('of %s the domain is local: %s', (address, isLocal) =>
  expect(hasLocalDomain(address)).toBe(isLocal),
);

it('finds all fields that the documents declare as mail addresses', () => {
  const inputs = Object.values(contracts).flatMap((contract) =>
    typeof contract === 'object' && contract !== null ? Object.values(contract) : [],
  );
  let found = 0;
  for (const endpoint of inputs) {
    const input: unknown =
      typeof endpoint === 'object' && endpoint !== null && 'input' in endpoint
        ? endpoint.input
        : undefined;
    if (!(input instanceof z.ZodType)) continue;
    const { properties = {} } = z.toJSONSchema(input, { io: 'input' });
    const documented = Object.entries(properties).flatMap(([name, schema]) =>
      typeof schema === 'object' && schema.format === 'email' ? [name] : [],
    );
    expect(addressFieldsOf(input)).toEqual(documented);
    found += documented.length;
  }
  expect(found).toBeGreaterThan(5);
});
