import { z } from 'zod';
import { contract, type ServiceOf } from '../contract.js';
import { pageOf } from '../paging.js';
import { acceptedSchema, idInput } from '../scalars.js';
import { usersTag } from '../users/users.contract.js';
import { ann, lastSuperuser, managedAnn } from '../users/users.examples.js';
import {
  createUserSchema,
  listUsersInput,
  managedUserSchema,
  removeUserSchema,
  updateUserSchema,
} from './managed-users.schemas.js';

export * from './managed-users.schemas.js';

export const managedUsers = contract(usersTag, {
  list: {
    access: 'superuser',
    scope: null,
    method: 'GET',
    path: '/users',
    summary: 'List users',
    input: listUsersInput.prefault({}),
    output: pageOf(managedUserSchema),
    examples: {
      input: { q: 'ann', disabled: false, size: 20 },
      output: { items: [managedAnn], nextCursor: null },
    },
  },
  get: {
    access: 'superuser',
    scope: null,
    method: 'GET',
    path: '/users/{id}',
    summary: 'Get a user',
    input: idInput,
    output: managedUserSchema,
    examples: { input: { id: ann.id }, output: managedAnn },
  },
  create: {
    access: 'superuser',
    scope: null,
    method: 'POST',
    path: '/users',
    summary: 'Create a user',
    description:
      'The owner must change the password first; with an invitation they choose it themselves. Creating a superuser needs a recent sign-in.',
    successStatus: 201,
    location: '/users/{id}',
    noStore: true,
    idempotent: false,
    errors: [409],
    input: createUserSchema,
    output: managedUserSchema,
    examples: {
      input: { email: ann.email, password: 'four words make a passphrase', name: ann.name },
      output: { ...managedAnn, mustChangePassword: true },
      problems: {
        409: { code: 'conflict', detail: 'An account with this address already exists' },
      },
    },
  },
  update: {
    access: 'superuser',
    scope: null,
    method: 'PATCH',
    path: '/users/{id}',
    summary: 'Update a user',
    errors: [409],
    input: updateUserSchema,
    output: managedUserSchema,
    examples: {
      input: { id: ann.id, disabled: true },
      output: { ...managedAnn, disabled: true },
      problems: { 409: lastSuperuser },
    },
  },
  sendReset: {
    access: 'superuser',
    scope: null,
    method: 'POST',
    path: '/users/{id}/reset-password',
    summary: 'Send a user a password reset mail',
    description:
      'Their password stays valid until they use the link. `mustChangePassword` forces a change.',
    successStatus: 202,
    idempotent: false,
    input: idInput,
    output: acceptedSchema,
    examples: {
      input: { id: ann.id },
      output: { accepted: true },
    },
  },
  remove: {
    access: 'superuser',
    scope: null,
    method: 'DELETE',
    path: '/users/{id}',
    summary: 'Remove a user',
    description: 'Also removes API keys and sessions; the dashboards are handed over or removed.',
    successStatus: 204,
    errors: [409],
    input: removeUserSchema,
    output: z.void(),
    examples: {
      input: { id: ann.id, handOverTo: '019aa5c8-9a20-7b34-8d17-6e5f4d3c2b1a' },
      problems: { 409: lastSuperuser },
    },
  },
});

export type ManagedUsersService = ServiceOf<typeof managedUsers>;

/** For local testing; served only with `SYNAP_PRIVATE_API=on`. */
export const privateUsers = contract(
  { name: 'private', description: 'For local testing' },
  {
    create: {
      access: 'public',
      credentials: 'private-token',
      scope: null,
      method: 'POST',
      path: '/private/users',
      summary: 'Create a user without signing in',
      description:
        'Served with `SYNAP_ENV=local` and `SYNAP_PRIVATE_API=on` only. The header `X-Synap-Private-Token` must hold the content of `private-api-token` in the data folder.',
      successStatus: 201,
      noStore: true,
      idempotent: false,
      errors: [403, 409],
      input: createUserSchema.omit({ role: true }),
      output: managedUserSchema,
      examples: {
        input: { email: managedAnn.email, password: 'four words make a passphrase' },
        output: managedAnn,
        problems: {
          409: { code: 'conflict', detail: 'An account with this address already exists' },
        },
      },
    },
  },
);

export type PrivateUsersService = ServiceOf<typeof privateUsers>;
