import { type Invitation, invitations } from '@synap/contracts';
import { linkToken, spentLink } from './auth.examples.js';
import { exampleOf } from './example.js';

const invitation: Invitation = {
  id: '019aa5d2-1c44-7e0b-9a51-7f3e2d1c0b9a',
  email: 'carl@example.org',
  role: 'user',
  invitedById: '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84',
  createdAt: new Date('2026-11-21T08:02:33.540Z'),
  expiresAt: new Date('2026-11-24T08:02:33.540Z'),
  acceptedAt: null,
};
const taken = { code: 'conflict', detail: 'An account with this address already exists' };

export const invitationsExamples = {
  list: exampleOf(invitations.list, {
    input: { size: 20 },
    output: { items: [invitation], nextCursor: null },
  }),
  create: exampleOf(invitations.create, {
    input: { email: invitation.email },
    output: invitation,
    problems: { 409: taken },
  }),
  remove: exampleOf(invitations.remove, { input: { id: invitation.id } }),
  accept: exampleOf(invitations.accept, {
    input: { token: linkToken, password: 'four words make a passphrase', name: 'Carl Dahl' },
    problems: {
      400: spentLink,
      403: { code: 'forbidden', detail: 'Sign-up is closed: ask an administrator for an account' },
      409: taken,
    },
  }),
};
