import { type ManagedUser, managedUsers, type User, users } from '@synap/contracts';
import { exampleOf } from './example.js';

export const ann: User = {
  id: '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84',
  email: 'ann@example.org',
  name: 'Ann Berg',
  role: 'user',
  createdAt: new Date('2026-11-02T08:14:51.302Z'),
  updatedAt: new Date('2026-11-20T17:40:09.118Z'),
};

export const managedAnn: ManagedUser = {
  ...ann,
  disabled: false,
  verified: true,
  mustChangePassword: false,
};
const lastSuperuser = {
  code: 'conflict',
  detail: 'This is the last superuser: create another one first',
};

export const usersExamples = {
  me: exampleOf(users.me, { output: ann }),
  changePassword: exampleOf(users.changePassword, {
    input: {
      currentPassword: 'four words make a passphrase',
      newPassword: 'four other words make another',
    },
    problems: {
      409: {
        code: 'conflict',
        detail: 'The password was changed by another request: sign in again',
      },
    },
  }),
  changeEmail: exampleOf(users.changeEmail, {
    input: { email: 'ann.berg@example.org', currentPassword: 'four words make a passphrase' },
    output: { accepted: true },
    problems: { 409: { code: 'conflict', detail: 'An account with this address already exists' } },
  }),
  sendReset: exampleOf(managedUsers.sendReset, {
    input: { id: ann.id },
    output: { accepted: true },
  }),
  removeMe: exampleOf(users.removeMe, {
    input: { password: 'four words make a passphrase' },
    problems: { 409: lastSuperuser },
  }),
  list: exampleOf(managedUsers.list, {
    input: { q: 'ann', disabled: false, size: 20 },
    output: { items: [managedAnn], nextCursor: null },
  }),
  get: exampleOf(managedUsers.get, { input: { id: ann.id }, output: managedAnn }),
  create: exampleOf(managedUsers.create, {
    input: { email: ann.email, password: 'four words make a passphrase', name: ann.name },
    output: { ...managedAnn, mustChangePassword: true },
    problems: { 409: { code: 'conflict', detail: 'An account with this address already exists' } },
  }),
  update: exampleOf(managedUsers.update, {
    input: { id: ann.id, disabled: true },
    output: { ...managedAnn, disabled: true },
    problems: { 409: lastSuperuser },
  }),
  remove: exampleOf(managedUsers.remove, {
    input: { id: ann.id, handOverTo: '019aa5c8-9a20-7b34-8d17-6e5f4d3c2b1a' },
    problems: { 409: lastSuperuser },
  }),
  updateMe: exampleOf(users.updateMe, {
    input: { name: 'Ann Berg-Lund' },
    output: { ...ann, name: 'Ann Berg-Lund' },
  }),
};
