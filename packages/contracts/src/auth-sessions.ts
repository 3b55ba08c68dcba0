import { z } from 'zod';
import { plainAddress } from './client-address.js';
import { type Endpoint, idInput, idSchema, pageInput, pageOf, type ServiceOf } from './contract.js';

/** A sign-in that is still good. */
export const authSessionSchema = z
  .object({
    id: idSchema,
    device: z.string().describe('What the user agent seems to be, in a few words.'),
    userAgent: z.string().nullable(),
    address: z.string().overwrite(plainAddress),
    createdAt: z.date(),
    lastUsedAt: z.date().describe('When it was last refreshed.'),
    current: z.boolean().describe('Whether this call comes from it.'),
  })
  .meta({ id: 'AuthSession' });
export type AuthSession = z.output<typeof authSessionSchema>;

export const authSessions = {
  list: { access: 'user', input: pageInput.prefault({}), output: pageOf(authSessionSchema) },
  revoke: { access: 'user', input: idInput, output: z.void() },
  revokeOthers: { access: 'user', output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type AuthSessionsService = ServiceOf<typeof authSessions>;
