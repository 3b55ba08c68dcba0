import { z } from 'zod';
import { verifySchema } from '../auth/auth.schemas.js';
import { emailSchema } from '../mail-address.js';
import { idSchema } from '../scalars.js';
import { lineSchema } from '../text.js';
import { newPasswordInput, roleSchema } from '../users/users.schemas.js';

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
