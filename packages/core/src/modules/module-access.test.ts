import type { UserActor } from '@synap/contracts';
import { expect, test } from 'vitest';
import { mayRead } from './module-access.js';

const ann: UserActor = {
  ...{ kind: 'user', userId: 'ann', email: 'ann@example.org', role: 'user', sessionId: null, verified: true },
};
const named = { access: { kind: 'users', emails: ['ann@example.org'] } } as const;

test('a module is open to those whom the operator names, once their address is known to be theirs', () => {
  expect(mayRead(named, ann)).toBe(true);
  expect(mayRead(named, { ...ann, verified: false })).toBe(false);
  expect(mayRead(named, { ...ann, email: 'ben@example.org' })).toBe(false);
});

test('everyone may read what is open to everyone, superusers may read all', () => {
  expect(mayRead({ access: { kind: 'everyone' } }, { ...ann, verified: false })).toBe(true);
  expect(mayRead({ access: { kind: 'superusers' } }, ann)).toBe(false);
  expect(mayRead({ access: { kind: 'superusers' } }, { ...ann, role: 'superuser' })).toBe(true);
});
