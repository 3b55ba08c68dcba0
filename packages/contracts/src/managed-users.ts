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
    disabled: z.boolean().describe('Whether signing in is refused.'),
    verified: z.boolean().describe('Whether the address is known to be theirs.'),
    mustChangePassword: z
      .boolean()
      .describe('Whether they must choose another password before anything else.'),
  })
  .meta({ id: 'ManagedUser' });
export type ManagedUser = z.output<typeof managedUserSchema>;

export const listUsersInput = pageInput.extend({
  q: textSchema(1, 100).optional().describe('Part of the address or the name, in any case.'),
  role: roleSchema.optional(),
  disabled: z.boolean().optional(),
});
export type ListUsers = z.output<typeof listUsersInput>;

export const createUserSchema = z.object({
  email: emailSchema,
  password: newPasswordInput,
  name: lineSchema(1, 100).optional().describe('Default: what stands before the @.'),
  role: roleSchema.default('user'),
});

export const updateUserSchema = idInput.extend({
  email: emailSchema
    .optional()
    .describe(
      'It counts as unverified, and the old address gets a notice. Needs a recent sign-in.',
    ),
  name: lineSchema(1, 100).optional(),
  role: roleSchema.optional().describe('Another role ends all sessions. Needs a recent sign-in.'),
  disabled: z.boolean().optional().describe('True ends all sessions.'),
  mustChangePassword: z
    .boolean()
    .optional()
    .describe('True lets their sessions do nothing but choose another password.'),
  verified: z.literal(true).optional().describe('Your word instead of the link in a mail.'),
});
export type UpdateUser = z.output<typeof updateUserSchema>;

export const removeUserSchema = idInput.extend({
  handOverTo: idSchema
    .optional()
    .describe('Whose the dashboards will be; without it they are deleted, too.'),
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

/** For trials; served only with `SYNAP_PRIVATE_API=on`. */
export const privateUsers = {
  create: {
    access: 'public',
    input: createUserSchema.omit({ role: true }),
    output: managedUserSchema,
  },
} as const satisfies Record<string, Endpoint>;

export type PrivateUsersService = ServiceOf<typeof privateUsers>;
