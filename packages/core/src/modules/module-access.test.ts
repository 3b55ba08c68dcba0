import type { UserActor } from '@synap/contracts';
import { expect, test } from 'vitest';
import { mayRead, requireReadableModule } from './module-access.js';

const ann: UserActor = {
  kind: 'user',
  userId: 'ann',
  email: 'ann@example.org',
  role: 'user',
  sessionId: null,
  verified: true,
};
const named = { access: { kind: 'users', emails: ['ann@example.org'] } } as const;

test('a module is open to the addresses that the operator lists, once they are verified', () => {
  expect(mayRead(named, ann)).toBe(true);
  expect(mayRead(named, { ...ann, verified: false })).toBe(false);
  expect(mayRead(named, { ...ann, email: 'ben@example.org' })).toBe(false);
});

test('an unverified listed user gets the reason, others only that they lack access', () => {
  const info = {
    id: 'git',
    name: 'Git',
    version: '1.0.0',
    status: 'ready',
    widgets: [],
    ...named,
  } as const;
  const registry = { get: () => info };
  expect(requireReadableModule(registry, 'git', ann)).toBe(info);
  expect(() => requireReadableModule(registry, 'git', { ...ann, verified: false })).toThrow(
    'Verify your address',
  );
  expect(() =>
    requireReadableModule(registry, 'git', { ...ann, email: 'ben@example.org', verified: false }),
  ).toThrow('has not opened');
});

test('everyone may read open modules, superusers all modules', () => {
  expect(mayRead({ access: { kind: 'everyone' } }, { ...ann, verified: false })).toBe(true);
  expect(mayRead({ access: { kind: 'superusers' } }, ann)).toBe(false);
  expect(mayRead({ access: { kind: 'superusers' } }, { ...ann, role: 'superuser' })).toBe(true);
});
