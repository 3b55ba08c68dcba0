import { z } from 'zod';
import { verifySchema } from './auth.js';
import { type Endpoint, idInput, idSchema, pageInput, pageOf, type ServiceOf } from './contract.js';
import { emailSchema } from './mail-address.js';
import { lineSchema } from './text.js';
import { newPasswordInput, roleSchema } from './users.js';

/** An invitation by a superuser to create an account. */
export const invitationSchema = z
  .object({
    id: idSchema,
    email: z.string(),
    role: roleSchema.describe('Role of the future account.'),
    invitedById: idSchema.nullable(),
    createdAt: z.date(),
    expiresAt: z.date(),
    acceptedAt: z.date().nullable(),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.output<typeof invitationSchema>;

export const createInvitationSchema = z.object({
  email: emailSchema,
  role: roleSchema.default('user'),
});
export const acceptInvitationSchema = verifySchema.extend({
  password: newPasswordInput,
  name: lineSchema(1, 100).optional(),
});

export const invitations = {
  list: { access: 'superuser', input: pageInput.prefault({}), output: pageOf(invitationSchema) },
  create: { access: 'superuser', input: createInvitationSchema, output: invitationSchema },
  remove: { access: 'superuser', input: idInput, output: z.void() },
  accept: { access: 'public', input: acceptInvitationSchema, output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type InvitationsService = ServiceOf<typeof invitations>;
