import { type User, users } from '@synap/contracts';
import { exampleOf } from './example.js';

export const ann: User = {
  id: '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84',
  email: 'ann@example.org',
  name: 'Ann Berg',
  role: 'user',
  createdAt: new Date('2026-11-02T08:14:51.302Z'),
  updatedAt: new Date('2026-11-20T17:40:09.118Z'),
};

export const usersExamples = {
  me: exampleOf(users.me, { output: ann }),
  changePassword: exampleOf(users.changePassword, {
    input: { currentPassword: 'four words make a passphrase', newPassword: 'four other words make another' },
    problems: { 409: { code: 'conflict', detail: 'The password was changed meanwhile: sign in again' } },
  }),
  updateMe: exampleOf(users.updateMe, { input: { name: 'Ann Berg-Lund' }, output: { ...ann, name: 'Ann Berg-Lund' } }),
};
