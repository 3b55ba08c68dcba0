import { z } from 'zod';
import { emailSchema } from '../mail-address.js';
import { pageInput } from '../paging.js';
import { idInput, idSchema } from '../scalars.js';
import { lineSchema, textSchema } from '../text.js';
import { newPasswordInput, roleSchema, userSchema } from '../users/users.schemas.js';

/** A user as administrators see one. */
export const managedUserSchema = userSchema
  .extend({
    disabled: z.boolean().describe('True if the user cannot sign in.'),
    verified: z.boolean().describe('True if the address is verified.'),
    mustChangePassword: z
      .boolean()
      .describe('True if they must change the password before anything else.'),
  })
  .meta({ id: 'ManagedUser' });
export type ManagedUser = z.output<typeof managedUserSchema>;

export const listUsersInput = pageInput.extend({
  q: textSchema(1, 100).optional().describe('Part of the address or the name; ignores case.'),
  role: roleSchema.optional(),
  disabled: z.boolean().optional(),
});
export type ListUsers = z.output<typeof listUsersInput>;

export const createUserSchema = z.object({
  email: emailSchema,
  password: newPasswordInput,
  name: lineSchema(1, 100).optional().describe('Default: the part of the address before the @.'),
  role: roleSchema.default('user'),
});

export const updateUserSchema = idInput.extend({
  email: emailSchema
    .optional()
    .describe(
      'New address; counts as unverified, and the old address gets a notice. Needs a recent sign-in.',
    ),
  name: lineSchema(1, 100).optional(),
  role: roleSchema.optional().describe('A changed role ends all sessions. Needs a recent sign-in.'),
  disabled: z.boolean().optional().describe('True ends all sessions.'),
  mustChangePassword: z
    .boolean()
    .optional()
    .describe('True limits their sessions to changing the password.'),
  verified: z.literal(true).optional().describe('Marks the address as verified without a mail.'),
});
export type UpdateUser = z.output<typeof updateUserSchema>;

export const removeUserSchema = idInput.extend({
  handOverTo: idSchema
    .optional()
    .describe('New owner of the dashboards; without it they are deleted.'),
});
