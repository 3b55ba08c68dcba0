import type { Invitation } from './invitations.schemas.js';

export const invitation: Invitation = {
  id: '019aa5d2-1c44-7e0b-9a51-7f3e2d1c0b9a',
  email: 'carl@example.org',
  role: 'user',
  invitedById: '019aa5c8-5f3e-7c51-9d43-2b7e6a1f0c84',
  createdAt: new Date('2026-11-21T08:02:33.540Z'),
  expiresAt: new Date('2026-11-24T08:02:33.540Z'),
  acceptedAt: null,
};
export const taken = { code: 'conflict', detail: 'An account with this address already exists' };
