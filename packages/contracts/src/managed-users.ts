import { z } from 'zod';
import {
  acceptedSchema,
  type Endpoint,
  idInput,
  idSchema,
  pageInput,
  pageOf,
  type ServiceOf,
} from './contract.js';
import { emailSchema } from './mail-address.js';
import { lineSchema, textSchema } from './text.js';
import { newPasswordInput, roleSchema, userSchema } from './users.js';

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

export const managedUsers = {
  list: {
    access: 'superuser',
    input: listUsersInput.prefault({}),
    output: pageOf(managedUserSchema),
  },
  get: { access: 'superuser', input: idInput, output: managedUserSchema },
  create: { access: 'superuser', input: createUserSchema, output: managedUserSchema },
  update: { access: 'superuser', input: updateUserSchema, output: managedUserSchema },
  sendReset: { access: 'superuser', input: idInput, output: acceptedSchema },
  remove: { access: 'superuser', input: removeUserSchema, output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type ManagedUsersService = ServiceOf<typeof managedUsers>;

/** For local testing; served only with `SYNAP_PRIVATE_API=on`. */
export const privateUsers = {
  create: {
    access: 'public',
    input: createUserSchema.omit({ role: true }),
    output: managedUserSchema,
  },
} as const satisfies Record<string, Endpoint>;

export type PrivateUsersService = ServiceOf<typeof privateUsers>;
