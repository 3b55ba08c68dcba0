import { z } from 'zod';
import { linkToken, spentLink } from '../auth/auth.examples.js';
import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { idInput } from '../scalars.js';
import { invitation, taken } from './invitations.examples.js';
import {
  acceptInvitationSchema,
  createInvitationSchema,
  invitationSchema,
} from './invitations.schemas.js';

export * from './invitations.schemas.js';

export const invitations = contract(
  { name: 'invitations', description: 'Invitations by superusers to create an account' },
  {
    list: {
      access: 'superuser',
      scope: null,
      method: 'GET',
      path: '/invitations',
      summary: 'List invitations',
      input: pageInput.prefault({}),
      output: pageOf(invitationSchema),
      examples: {
        input: { size: 20 },
        output: { items: [invitation], nextCursor: null },
      },
    },
    create: {
      access: 'superuser',
      scope: null,
      method: 'POST',
      path: '/invitations',
      summary: 'Invite a person',
      description:
        'Sends a mail with a link that is valid for 72 hours. A repeated invitation sends a new link and revokes the earlier one.',
      successStatus: 201,
      idempotent: false,
      errors: [409],
      input: createInvitationSchema,
      output: invitationSchema,
      examples: {
        input: { email: invitation.email },
        output: invitation,
        problems: { 409: taken },
      },
    },
    remove: {
      access: 'superuser',
      scope: null,
      method: 'DELETE',
      path: '/invitations/{id}',
      summary: 'Withdraw an invitation',
      successStatus: 204,
      input: idInput,
      output: z.void(),
      examples: { input: { id: invitation.id } },
    },
    accept: {
      access: 'public',
      scope: null,
      method: 'POST',
      path: '/invitations/accept',
      summary: 'Accept an invitation',
      successStatus: 204,
      noStore: true,
      idempotent: false,
      errors: [403, 409],
      input: acceptInvitationSchema,
      output: z.void(),
      examples: {
        input: { token: linkToken, password: 'four words make a passphrase', name: 'Carl Dahl' },
        problems: {
          400: spentLink,
          403: {
            code: 'forbidden',
            detail: 'Sign-up is closed: ask an administrator for an account',
          },
          409: taken,
        },
      },
    },
  },
);

export type InvitationsService = ServiceOf<typeof invitations>;
