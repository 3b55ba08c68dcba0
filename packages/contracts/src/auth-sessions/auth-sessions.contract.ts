import { z } from 'zod';
import { authTag } from '../auth/auth.contract.js';
import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { idInput } from '../scalars.js';
import { authSessionSchema } from './auth-sessions.schemas.js';

export * from './auth-sessions.schemas.js';

export const authSessions = contract(authTag, {
  list: {
    access: 'user',
    scope: null,
    method: 'GET',
    path: '/auth/sessions',
    summary: 'List my sessions',
    noStore: true,
    input: pageInput.prefault({}),
    output: pageOf(authSessionSchema),
    examples: {
      input: { size: 20 },
      output: {
        items: [
          {
            id: '019aa5c8-612f-7b21-8c0e-4d5f6a7b8c9d',
            device: 'Firefox on Linux',
            userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
            address: '192.0.2.17',
            createdAt: new Date('2026-11-20T17:40:09.118Z'),
            lastUsedAt: new Date('2026-11-21T08:02:33.540Z'),
            current: true,
          },
        ],
        nextCursor: null,
      },
    },
  },
  revoke: {
    access: 'user',
    scope: null,
    method: 'DELETE',
    path: '/auth/sessions/{id}',
    summary: 'End one of my sessions',
    successStatus: 204,
    noStore: true,
    input: idInput,
    output: z.void(),
    examples: {
      input: { id: '019aa5c8-612f-7b21-8c0e-4d5f6a7b8c9d' },
    },
  },
  revokeOthers: {
    access: 'user',
    scope: null,
    method: 'DELETE',
    path: '/auth/sessions',
    summary: 'End all my other sessions',
    successStatus: 204,
    noStore: true,
    output: z.void(),
  },
});

export type AuthSessionsService = ServiceOf<typeof authSessions>;
