import { z } from 'zod';
import { contract, type ServiceOf, type Tag } from '../contract.js';
import { acceptedSchema } from '../scalars.js';
import { ann, lastSuperuser } from './users.examples.js';
import {
  changeEmailSchema,
  changePasswordSchema,
  removeMeSchema,
  updateMeSchema,
  userSchema,
} from './users.schemas.js';

export * from './users.schemas.js';

export const usersTag: Tag = { name: 'users', description: 'People' };

export const users = contract(usersTag, {
  me: {
    access: 'user',
    scope: 'profile:read',
    beforePasswordChange: true,
    method: 'GET',
    path: '/users/me',
    summary: 'Get my profile',
    output: userSchema,
    examples: { output: ann },
  },
  updateMe: {
    access: 'user',
    scope: 'profile:write',
    method: 'PATCH',
    path: '/users/me',
    summary: 'Update my profile',
    input: updateMeSchema,
    output: userSchema,
    examples: {
      input: { name: 'Ann Berg-Lund' },
      output: { ...ann, name: 'Ann Berg-Lund' },
    },
  },
  changePassword: {
    access: 'user',
    scope: null,
    beforePasswordChange: true,
    method: 'POST',
    path: '/users/me/password',
    summary: 'Change my password',
    description: 'Ends all other sessions.',
    successStatus: 204,
    noStore: true,
    idempotent: false,
    errors: [409],
    input: changePasswordSchema,
    output: z.void(),
    examples: {
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
    },
  },
  changeEmail: {
    access: 'user',
    scope: null,
    method: 'POST',
    path: '/users/me/email',
    summary: 'Change my address',
    description:
      'The old address gets a notice. If addresses must be verified, it changes only when the link in the mail to the new address is used.',
    successStatus: 202,
    noStore: true,
    idempotent: false,
    errors: [409],
    input: changeEmailSchema,
    output: acceptedSchema,
    examples: {
      input: { email: 'ann.berg@example.org', currentPassword: 'four words make a passphrase' },
      output: { accepted: true },
      problems: {
        409: { code: 'conflict', detail: 'An account with this address already exists' },
      },
    },
  },
  removeMe: {
    access: 'user',
    scope: null,
    method: 'POST',
    path: '/users/me/delete',
    summary: 'Delete my account',
    description: 'Also deletes all dashboards, API keys and sessions. It cannot be undone.',
    successStatus: 204,
    noStore: true,
    idempotent: false,
    errors: [409],
    input: removeMeSchema,
    output: z.void(),
    examples: {
      input: { password: 'four words make a passphrase' },
      problems: { 409: lastSuperuser },
    },
  },
});

export type UsersService = ServiceOf<typeof users>;
